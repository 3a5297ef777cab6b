import PQueue from 'p-queue';
import { megabytesOf } from '../support/processes.js';
import type { Case } from './case.js';
import { judge, vitalSign, type Result } from './judge.js';
import { openScene, type Choice, type Scene } from './scene.js';

export interface Figures {
  readonly cases: number;
  readonly wrong: number;
  /** How often each thing came of a case. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly name: string; readonly seconds: number };
  readonly vitalSigns: number;
  /** Render workers that ended by themselves, or had to be. */
  readonly workersLost: number;
  /** The most memory that the bot, and any of its workers, has filled. */
  readonly peakMegabytes: { readonly bot: number; readonly worker: number };
  readonly seconds: number;
}

export interface Verdict {
  readonly results: readonly Result[];
  readonly figures: Figures;
  /** What is wrong; nothing if all is well. */
  readonly complaints: readonly string[];
}

/** More than the bot and its worker need for the heaviest case, and less than what the gentlest bomb would take. */
const CEILING_MEGABYTES = { bot: 500, worker: 2000 };
/** So many cases after another, somebody wants a picture, and has it painted in earnest. */
const VITAL_SIGN_EVERY = 50;

/** A slow download takes a painter's place (of eight, see scene.ts), and the others are to find one. */
const SLOW_AT_ONCE = 6;

export async function runCorpus(
  isChosen: Choice,
  onResult: (result: Result) => void = () => undefined,
): Promise<Verdict> {
  const start = performance.now();
  const scene = await openScene(isChosen);
  const memory = watchMemory(scene);
  try {
    const results: Result[] = [];
    const complaints: string[] = [];
    let vitalSigns = 0;
    const checkVitalSign = async () => {
      const wrong = await vitalSign(scene);
      if (wrong === undefined) vitalSigns++;
      else complaints.push(wrong);
    };
    const happen = async ([poster, each]: [string, Case]) => {
      const result = await judge(scene, poster, each).catch((error: unknown) => {
        return { name: each.name, outcome: String(error), isRight: false, seconds: 0 };
      });
      results.push(result);
      onResult(result);
      if (!result.isRight) complaints.push(`${result.name}: ${result.outcome}`);
      if (results.length % VITAL_SIGN_EVERY === 0) await checkVitalSign();
    };

    const all = [...scene.cases];
    const patient = new PQueue({ concurrency: SLOW_AT_ONCE });
    const isSlow = ([, each]: [string, Case]) => each.slow === true;
    const isOfStream = ([, { list, stream, upgrade }]: [string, Case]) =>
      (list ?? stream ?? upgrade) !== undefined;
    const slow = Promise.all(all.filter(isSlow).map((each) => patient.add(() => happen(each))));
    // One after the other, so that their times can be compared.
    for (const each of all.filter((each) => !isSlow(each) && !isOfStream(each))) await happen(each);
    for (const each of all.filter(isOfStream)) await happen(each);
    await slow;
    await checkVitalSign();

    const peakMegabytes = memory.stop();
    for (const who of ['bot', 'worker'] as const)
      if (peakMegabytes[who] > CEILING_MEGABYTES[who])
        complaints.push(`the ${who} has filled ${peakMegabytes[who]} MB`);
    const { trap, stage } = scene;
    if (trap.visits() > 0) complaints.push(`the trap was visited ${trap.visits()} times`);
    if ((await stage.supervisor.stop()) !== 0) complaints.push('the bot did not end well');
    complaints.push(...stage.supervisor.noise.map((text) => `the bot said: ${text}`));
    const slowest = [...results].sort((a, b) => b.seconds - a.seconds)[0];
    return {
      results,
      complaints,
      figures: {
        cases: results.length,
        wrong: results.filter(({ isRight }) => !isRight).length,
        outcomes: tally(results.map(({ outcome }) => outcome)),
        slowest: { name: slowest?.name ?? '', seconds: slowest?.seconds ?? 0 },
        vitalSigns,
        workersLost: stage.supervisor.lines.filter(({ msg }) =>
          msg.startsWith('a render worker is'),
        ).length,
        peakMegabytes,
        seconds: Math.round((performance.now() - start) / 1000),
      },
    };
  } finally {
    memory.stop();
    await scene.close();
  }
}

/** The kernel remembers the most that a process has filled, but only as long as the process lives. */
function watchMemory({ stage: { supervisor } }: Scene) {
  const peak = { bot: 0, worker: 0 };
  const look = () => {
    if (supervisor.pid !== undefined)
      peak.bot = Math.max(peak.bot, megabytesOf(supervisor.pid, 'peak'));
    for (const { pid } of supervisor.workers())
      peak.worker = Math.max(peak.worker, megabytesOf(pid, 'peak'));
  };
  const timer = setInterval(look, 250);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
