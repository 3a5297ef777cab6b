import { onTestFinished } from 'vitest';
import { tagsFor, virtualTimeOf } from '../../../src/queue/fairness.js';
import { Queue, type RenderClaim } from '../../../src/queue/queue.js';
import type { Database } from '../../../src/queue/sql.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { newPlace, openAt, options } from '../../support/queue.js';

/** A request as the fairness properties see it. */
export interface Job {
  readonly id: number;
  readonly person: string;
  readonly cost: number;
}

/** What is there to be fair with: the bare formulas or the real queue. */
export interface Line {
  admit(job: Job): Promise<void>;
  /** The job whose turn it is; it then runs until it is finished. */
  dispatch(): Promise<Job | undefined>;
  /** Finishes the job that has been running longest; tells whether there was one. */
  finish(): Promise<boolean>;
  /** What a restart between any two steps does. */
  reopen(): Promise<void>;
}

export type Weights = Readonly<Record<string, number>>;

/** The pure functions with arrays around them. */
export function simulatedLine(weights: Weights = {}): Line {
  const lastFinish = new Map<string, number>();
  const running: Job[] = [];
  let waiting: { job: Job; start: number }[] = [];
  let virtualTime = 0;
  return {
    admit(job) {
      const maxFinish = Math.max(0, ...lastFinish.values());
      const busy = waiting.length + running.length > 0;
      virtualTime = virtualTimeOf({ busy, lastStart: virtualTime, maxFinish });
      const { person, cost } = job;
      const before = lastFinish.get(person) ?? 0;
      const { start, finish } = tagsFor(virtualTime, before, cost, weights[person] ?? 1);
      lastFinish.set(person, finish);
      waiting.push({ job, start });
      return Promise.resolve();
    },
    dispatch() {
      const [first] = waiting.toSorted((a, b) => a.start - b.start || a.job.id - b.job.id);
      if (first === undefined) return Promise.resolve(undefined);
      waiting = waiting.filter((entry) => entry !== first);
      virtualTime = first.start;
      running.push(first.job);
      return Promise.resolve(first.job);
    },
    finish: () => Promise.resolve(running.shift() !== undefined),
    reopen: () => Promise.resolve(),
  };
}

/** The real queue. Time stands still, so that no lease runs out. */
export function realLine(weights: Weights = {}): Line {
  const place = newPlace();
  const jobs = new Map<string, Job>();
  const running: RenderClaim[] = [];
  const open: Database[] = [];
  const opened = (): Queue => {
    const database = openAt(place);
    open.push(database);
    return new Queue(database, options, () => 1_000_000);
  };
  let queue = opened();
  onTestFinished(() => open.pop()?.close());
  return {
    async admit(job) {
      const id = String(job.id);
      jobs.set(id, job);
      const { person, cost } = job;
      await queue.admit('here', mentionOf(id, person), { request, cost }, weights[person]);
    },
    async dispatch() {
      const claim = await queue.claimRender();
      if (claim === undefined) return undefined;
      running.push(claim);
      return jobs.get(claim.mention.id);
    },
    async finish() {
      const claim = running.shift();
      return claim !== undefined && (await queue.rendered(claim, painted));
    },
    async reopen() {
      await open.pop()?.close();
      queue = opened();
    },
  };
}
