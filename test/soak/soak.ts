import { setTimeout as sleep } from 'node:timers/promises';
import { countFinal } from '../chaos/acts.js';
import { Crowd } from '../chaos/crowd.js';
import { megabytesOf } from '../support/processes.js';
import { openStage } from '../support/stage.js';
import type { Supervisor } from '../support/supervisor.js';

/** So many wishes wait, so that no painter is ever idle, and it is not the line that grows. */
const WAITING = 8;
/**
 * Memory goes up with every picture's garbage and down when it is collected, so it is looked at often, and what counts is
 * the median of the looks between two samples; of those in the second half, for the bot starts in the first.
 */
const LOOK_MS = 250;

/** Tiny pictures, a painter per core of a small machine, and nobody asks too much. */
const settings = `
render: { size: 64, workers: 2 }
queue: { maxWaiting: 100000, maxWaitingPerPerson: 100000, maxPerPersonAndDay: 100000 }
`;

/** After so many requests, in megabytes. */
export interface Sample {
  readonly requests: number;
  readonly bot: number;
  /** All workers together. */
  readonly workers: number;
}

export interface SoakOptions {
  readonly requests: number;
  /** How many requests lie between two samples. */
  readonly every: number;
  readonly onSample: (sample: Sample) => void;
}

/**
 * Has a bot answer so many wishes without a pause, and watches its memory.
 * @throws Error if the bot or a worker was replaced meanwhile: young processes are always slim
 */
export async function soak({ requests, every, onSample }: SoakOptions): Promise<readonly Sample[]> {
  const stage = await openStage({ name: 'soak', settings });
  const { folder, mediaFolder, supervisor, url } = stage;
  const looks: Omit<Sample, 'requests'>[] = [];
  const timer = setInterval(() => void looks.push(memoryOf(supervisor)), LOOK_MS);
  try {
    const crowd = await Crowd.at(url, { mediaFolder, seed: 1 });
    const samples: Sample[] = [];
    supervisor.start();
    for (let goal = every; goal <= requests; goal += every) {
      for (let done = 0; done < goal; done = countFinal(folder)) {
        if (crowd.asked.length < done + WAITING) await crowd.ask();
        else await sleep(50);
      }
      const all = looks.splice(0);
      const recent = all.slice(Math.floor(all.length / 2));
      const bot = median(recent.map((look) => look.bot));
      const workers = median(recent.map((look) => look.workers));
      samples.push({ requests: goal, bot, workers });
      onSample({ requests: goal, bot, workers });
    }
    const losses = supervisor.lines.filter(({ msg }) => msg.startsWith('a render worker is'));
    if (supervisor.starts !== 1 || losses.length > 0) throw new Error('a process was replaced');
    return samples;
  } finally {
    clearInterval(timer);
    await stage.close();
  }
}

function memoryOf(supervisor: Supervisor): Omit<Sample, 'requests'> {
  const workers = supervisor.workers().map(({ pid }) => megabytesOf(pid, 'now'));
  return {
    bot: supervisor.pid === undefined ? 0 : megabytesOf(supervisor.pid, 'now'),
    workers: workers.reduce((sum, each) => sum + each, 0),
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
