import { tagsFor, virtualTimeOf } from '../../src/queue/fairness.js';
import type { Quotas } from '../../src/queue/quotas.js';
import { Heap } from './heap.js';
import { Jobs } from './jobs.js';

/** Who is next: by start tags, as the bot does it, or whoever has come first. */
export type Order = 'fair' | 'first come';

/**
 * The queue without its database: src/queue/admission.ts and claims.ts as arithmetic. The tags are those of the bot's own
 * function; test/simulation holds the rest against the real queue.
 */
export class Line {
  readonly jobs = new Jobs();
  readonly #waiting = new Heap();
  /** Of each person: the finish tag of their latest request, how many of theirs wait or run, and how many there were today. */
  readonly #lastFinish: Float64Array;
  readonly #pending: Int32Array;
  readonly #today: Int32Array;
  #lastStart = 0;
  #maxFinish = 0;
  #running = 0;
  #ids = 0;

  constructor(
    people: number,
    private readonly order: Order,
    private readonly quotas: Quotas,
  ) {
    this.#lastFinish = new Float64Array(people);
    this.#pending = new Int32Array(people);
    this.#today = new Int32Array(people);
  }

  /** How many wait, those that are being painted not counted. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a request in; tells its number, which those that exceed a quota have, too, and its job, which they have not. */
  admit(
    person: number,
    cost: number,
    now: number,
  ): { readonly id: number; readonly job: number | undefined } {
    const id = ++this.#ids;
    const isRefused = this.#quotaReached(person);
    const start = this.#takeTag(person, isRefused ? 0 : cost);
    if (isRefused) return { id, job: undefined };
    const job = this.jobs.add(id, person, cost, now);
    this.#pending[person] = (this.#pending[person] ?? 0) + 1;
    this.#today[person] = (this.#today[person] ?? 0) + 1;
    this.#waiting.push(this.order === 'fair' ? start : 0, id, job);
    return { id, job };
  }

  /** The job whose turn it is; it then runs until it is finished. */
  dispatch(): number | undefined {
    const start = this.#waiting.key;
    const job = this.#waiting.pop();
    if (job === undefined) return undefined;
    this.#lastStart = Math.max(this.#lastStart, start);
    this.#running += 1;
    return job;
  }

  finish(job: number): void {
    const person = this.jobs.person(job);
    this.#running -= 1;
    this.#pending[person] = (this.#pending[person] ?? 0) - 1;
    this.jobs.remove(job);
  }

  /** See `quotaReached` in src/queue/quotas.ts. Within a single day whatever a person has asked for is of the last 24 hours. */
  #quotaReached(person: number): boolean {
    const { waiting, waitingPerPerson, perPersonAndDay } = this.quotas;
    return (
      (this.#today[person] ?? 0) >= perPersonAndDay ||
      (this.#pending[person] ?? 0) >= waitingPerPerson ||
      this.#waiting.size + this.#running >= waiting
    );
  }

  /** See `takeTags` in src/queue/admission.ts. */
  #takeTag(person: number, cost: number): number {
    const virtualTime = virtualTimeOf({
      busy: this.#waiting.size + this.#running > 0,
      lastStart: this.#lastStart,
      maxFinish: this.#maxFinish,
    });
    const { start, finish } = tagsFor(virtualTime, this.#lastFinish[person] ?? 0, cost, 1);
    this.#lastFinish[person] = finish;
    this.#maxFinish = Math.max(this.#maxFinish, finish);
    this.#lastStart = Math.max(this.#lastStart, virtualTime);
    return start;
  }
}
