import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { DAY_S, flood, habits, kinds, SWING, type Kind } from './assumptions.js';
import type { Costs } from './costs.js';

export interface Crowd {
  readonly people: number;
  /** In a day, of everybody but the flooders, about. */
  readonly requests: number;
  readonly flooders: number;
  readonly seed: number;
}

interface Visit {
  readonly kind: number;
  readonly atOnce: number;
  readonly upTo: number;
}
const NOBODY: Visit = { kind: 0, atOnce: 1, upTo: 1 };

/** A day's requests, one after the other, of people who are numbers: first the occasional ones, last the flooders. */
export class Arrivals {
  /** Of the one that has come last: in seconds since the day began. */
  time = 0;
  person = 0;
  cost = 0;

  readonly #random: () => number;
  /** Where each kind's numbers begin, and where the last one's end. */
  readonly #begins: readonly number[];
  /** Of each person, as an index. */
  readonly #kinds: Uint8Array;
  /** What part of those who come by is of each kind, or of one before it; those of a kind are alike. */
  readonly #visits: readonly Visit[];
  readonly #visitsPerDay: number;
  readonly #floodsPerSecond: number;
  /** How far the day is, counted by what usually comes; see `timeOf`. */
  #passed = 0;
  #nextVisit = 0;
  #nextFlood: number;
  #minute = 0;
  #more = 0;

  constructor(
    { people, requests, flooders, seed }: Crowd,
    private readonly costs: Costs,
  ) {
    const random = xoroshiro128plus(seed);
    this.#random = () => uniformFloat64(random);
    const each = Object.values(habits);
    const counts = [...each.map(({ share }) => Math.max(1, Math.round(share * people))), flooders];
    this.#begins = counts.reduce((begins, n) => [...begins, (begins.at(-1) ?? 0) + n], [0]);
    this.#kinds = new Uint8Array(this.people);
    counts.forEach((_, kind) => this.#kinds.fill(kind, this.#begins[kind]));
    const appetite = each.reduce((sum, kind, i) => sum + kind.appetite * (counts[i] ?? 0), 0);
    let sum = 0;
    const visits = each.map(({ appetite: theirs, atOnce }, kind) => {
      const requestsOfKind = (requests * theirs * (counts[kind] ?? 0)) / appetite;
      return { kind, atOnce, upTo: (sum += requestsOfKind / ((1 + atOnce) / 2)) };
    });
    this.#visitsPerDay = sum;
    this.#visits = visits.map((visit) => ({ ...visit, upTo: visit.upTo / sum }));
    this.#floodsPerSecond = (flooders * flood.requests) / flood.seconds;
    this.#nextVisit = this.#afterNextVisit();
    this.#nextFlood = this.#afterNextFlood((DAY_S - flood.seconds) / 2);
  }

  /** How many people there are, flooders and all. */
  get people(): number {
    return this.#begins.at(-1) ?? 0;
  }

  get meanCost(): number {
    return this.costs.mean;
  }

  kindOf(person: number): Kind {
    return kinds[this.#kinds[person] ?? 0] ?? 'occasional';
  }

  /** Waits for the next one; false when the day is over. */
  next(): boolean {
    if (this.#more > 0) this.#more -= 1;
    else if (this.#nextFlood < this.#nextVisit) {
      this.time = this.#nextFlood;
      this.person = this.#oneOf(kinds.length - 1);
      this.#nextFlood = this.#afterNextFlood(this.time);
    } else {
      if (this.#nextVisit >= DAY_S) return false;
      this.time = this.#nextVisit;
      const which = this.#random();
      const { kind, atOnce } = this.#visits.find(({ upTo }) => which < upTo) ?? NOBODY;
      this.person = this.#oneOf(kind);
      this.#more = Math.floor(this.#random() * atOnce);
      this.#nextVisit = this.#afterNextVisit();
    }
    this.cost = this.costs.at(this.#random());
    return true;
  }

  #oneOf(kind: number): number {
    const begin = this.#begins[kind] ?? 0;
    const end = this.#begins[kind + 1] ?? 0;
    return begin + Math.floor(this.#random() * (end - begin));
  }

  /** A Poisson process: whenever somebody comes says nothing of when the next one does. */
  #afterNextVisit(): number {
    this.#passed -= Math.log(1 - this.#random()) / this.#visitsPerDay;
    if (this.#passed >= 1) return DAY_S;
    while (this.#minute < MINUTES && usualBy(this.#minute + 1) <= this.#passed) this.#minute += 1;
    const before = usualBy(this.#minute);
    const after = usualBy(this.#minute + 1);
    return (this.#minute + (this.#passed - before) / (after - before)) * 60;
  }

  #afterNextFlood(time: number): number {
    if (this.#floodsPerSecond === 0) return Infinity;
    const next = time - Math.log(1 - this.#random()) / this.#floodsPerSecond;
    return next < (DAY_S + flood.seconds) / 2 ? next : Infinity;
  }
}

const MINUTES = DAY_S / 60;

/** What part of a day's visits has come by a minute of it: the integral of 1 - SWING cos(2π t), which is the night and the day. */
function usualBy(minute: number): number {
  const angle = (2 * Math.PI * minute) / MINUTES;
  return minute / MINUTES - (SWING * Math.sin(angle)) / (2 * Math.PI);
}
