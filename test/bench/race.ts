import { setTimeout } from 'node:timers/promises';
import type { Contestant } from './contestant.js';
import { median } from './median.js';

/** Threads go on looking for work for a while after a turn, in milliseconds; the next one shall have the cores alone. */
const REST = 100;
/** Two ways down that differ by rounding shall not differ by luck: whoever is so close, relatively, is there. */
const CLOSE = 0.01;

export interface Runner {
  readonly name: string;
  readonly contestant: Contestant;
  /** After so many iterations it gives up. */
  readonly patience: number;
}

export interface Result {
  readonly name: string;
  /** Median time of one iteration: the losses, their gradient and the optimizer's step. */
  readonly iterationMs: number;
  /** Median of that time divided by the leader's in the same round. */
  readonly timesTheLeader: number;
  /** How many it has made. */
  readonly iterations: number;
  /** What it took to get to the leader's lowest style loss, if it got there. */
  readonly reached?: { readonly iterations: number; readonly seconds: number };
  readonly peakMegabytes: number;
}

/**
 * Lets runners take turns, one iteration each, until all have reached the lowest style loss of the first one, the
 * leader, or given up. On a machine whose speed drifts, all drift together and their proportions stay.
 * @param between is run once in every round
 */
export async function race(
  runners: readonly Runner[],
  between: () => Promise<void>,
): Promise<readonly Result[]> {
  const runs = runners.map((runner) => ({
    ...runner,
    times: [] as number[],
    losses: [] as number[],
  }));
  const [leader] = runs;
  if (leader === undefined) throw new Error('a race of nobody');
  let goal = -Infinity;
  for (;;) {
    const running = runs.filter(
      ({ losses, patience }) => losses.length < patience && !losses.some((loss) => loss <= goal),
    );
    if (running.length === 0) break;
    for (const run of running) {
      await setTimeout(REST);
      const { milliseconds, style } = await run.contestant.iterate();
      run.times.push(milliseconds);
      run.losses.push(style);
    }
    if (leader.losses.length === leader.patience) goal = (1 + CLOSE) * Math.min(...leader.losses);
    await setTimeout(REST);
    await between();
  }
  return runs.map(({ name, contestant, times, losses }) => {
    const at = losses.findIndex((loss) => loss <= goal);
    const seconds = times.slice(0, at + 1).reduce((sum, time) => sum + time, 0) / 1e3;
    return {
      name,
      iterations: times.length,
      iterationMs: median(times),
      timesTheLeader: median(
        times.slice(0, leader.times.length).map((time, i) => time / (leader.times[i] ?? NaN)),
      ),
      ...(at !== -1 && { reached: { iterations: at + 1, seconds } }),
      peakMegabytes: contestant.peakMegabytes(),
    };
  });
}
