import type { Arrivals } from './arrivals.js';
import { DAY_S, kinds, type Kind } from './assumptions.js';
import { Backlog, type Evenness } from './backlog.js';
import { Heap } from './heap.js';
import { Histogram } from './histogram.js';
import type { Line } from './line.js';

export interface Machines {
  readonly gpus: number;
  /** Of each, in units of cost per second; see src/style/cost.ts. */
  readonly pace: number;
  /** Seconds in which each is busy with a picture and does not compute: downloads, looking, encoding. */
  readonly overhead: number;
}

/** What a test may want to see, in the order in which it happens; times in seconds. */
export interface Witness {
  admitted?(id: number, person: number, cost: number, now: number, isRefused: boolean): void;
  dispatched?(id: number, now: number): void;
  finished?(id: number, now: number): void;
}

export interface DayOptions {
  readonly machines: Machines;
  /** How long the stretches are for which evenness is judged. */
  readonly windowSeconds: number;
  readonly witness?: Witness;
  /** How much of the day is over, 0..1; every now and then. */
  readonly onProgress?: (fraction: number) => void;
}

export interface Day {
  readonly asked: number;
  readonly refused: Readonly<Record<Kind, number>>;
  readonly dispatched: number;
  /** From being asked until being taken up, in seconds. */
  readonly waits: Readonly<Record<Kind, Histogram>>;
  readonly evenness: readonly Evenness[];
  /** The most that waited at a time. */
  readonly longest: number;
  /** What part of the time the GPUs were busy, in the whole day and in its busiest stretch. */
  readonly utilization: { readonly mean: number; readonly most: number };
  /** When the last picture was done, in seconds. */
  readonly end: number;
}

/** Lets a day pass, and whatever of its work is left over. */
export function dayOf(arrivals: Arrivals, line: Line, options: DayOptions): Day {
  const { machines, windowSeconds, witness = {}, onProgress } = options;
  const { gpus, pace, overhead } = machines;
  const { jobs } = line;
  const finishing = new Heap();
  const backlog = new Backlog(arrivals.people, windowSeconds, arrivals.meanCost);
  const waits = ofEachKind(() => new Histogram());
  const refused = ofEachKind(() => 0);
  const busy: number[] = [];
  let [asked, dispatched, longest, end] = [0, 0, 0, 0];

  const dispatch = (now: number) => {
    const job = finishing.size < gpus ? line.dispatch() : undefined;
    if (job === undefined) return;
    const id = jobs.id(job);
    const person = jobs.person(job);
    const cost = jobs.cost(job);
    const seconds = overhead + cost / pace;
    finishing.push(now + seconds, id, job);
    backlog.served(person, cost);
    waits[arrivals.kindOf(person)].add(now - jobs.askedAt(job));
    witness.dispatched?.(id, now);
    dispatched += 1;
    const window = Math.floor(now / windowSeconds);
    busy[window] = (busy[window] ?? 0) + seconds;
  };
  const finishUntil = (now: number) => {
    while (finishing.size > 0 && finishing.key <= now) {
      end = finishing.key;
      backlog.at(end);
      const job = finishing.pop();
      if (job === undefined) break;
      witness.finished?.(jobs.id(job), end);
      line.finish(job);
      dispatch(end);
    }
  };

  while (arrivals.next()) {
    const { time, person, cost } = arrivals;
    finishUntil(time);
    backlog.at(time);
    const { id, job } = line.admit(person, cost, time);
    witness.admitted?.(id, person, cost, time, job === undefined);
    if (job === undefined) refused[arrivals.kindOf(person)] += 1;
    else backlog.asked(person, time);
    dispatch(time);
    longest = Math.max(longest, line.waiting);
    if (++asked % 50_000 === 0) onProgress?.(time / DAY_S);
  }
  finishUntil(Infinity);

  const windows = Math.floor(DAY_S / windowSeconds);
  const shares = Array.from(
    { length: Math.max(1, windows) },
    (_, window) => (busy[window] ?? 0) / (gpus * windowSeconds),
  );
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return {
    asked,
    refused,
    dispatched,
    waits,
    evenness: backlog.found,
    longest,
    utilization: { mean, most: Math.min(1, Math.max(...shares)) },
    end,
  };
}

function ofEachKind<T>(make: () => T): Record<Kind, T> {
  const each = kinds.map((kind) => [kind, make()] as const);
  return Object.fromEntries(each) as Record<Kind, T>;
}

/** The waits of everybody but the flooders. */
export function waitsOfOthers({ waits }: Day): Histogram {
  const all = new Histogram();
  for (const kind of kinds) if (kind !== 'flooder') all.addAll(waits[kind]);
  return all;
}
