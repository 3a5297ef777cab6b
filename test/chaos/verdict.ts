import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { mastodon } from 'masto';
import { statesIn } from './acts.js';
import { isRight, type Asked } from './crowd.js';
import type { Scene } from './scene.js';

export interface Figures {
  readonly seed: number;
  readonly seconds: number;
  readonly mentions: number;
  readonly answers: number;
  /** Answers beyond the first to a mention. */
  readonly duplicates: number;
  /** Mentions without an answer. */
  readonly lost: number;
  /** Answers that say something else than they must, or miss the picture or its description. */
  readonly wrong: number;
  /** Processes that outlived their bot. */
  readonly orphans: number;
  /** Downloads that nobody needs any more. */
  readonly leftovers: number;
  readonly starts: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** From a mention to its answer, by the server's clock. */
  readonly latencySeconds: { readonly p50: number; readonly p99: number };
}

export interface Verdict {
  readonly figures: Figures;
  /** A story for each mention that did not get exactly one right answer; none if all is well. */
  readonly complaints: readonly string[];
}

interface Result {
  readonly asked: Asked;
  readonly answers: readonly mastodon.v1.Status[];
}

/** Looks at everything when the bot has stopped. */
export async function judge(scene: Scene, seconds: number): Promise<Verdict> {
  const { crowd, supervisor, faults, killer, seed, folder } = scene;
  const states = new Map(statesIn(folder).map((state) => [state.mention, state]));
  const results: Result[] = [];
  for (const asked of crowd.asked) results.push({ asked, answers: await answersTo(asked) });
  const unhappy = results.filter(
    ({ asked, answers: [answer, ...more] }) =>
      answer === undefined ||
      more.length > 0 ||
      !isRight(asked.kind, answer) ||
      states.get(asked.id)?.state !== 'answered',
  );
  const story = ({ asked, answers }: Result) => {
    const state = states.get(asked.id);
    const lines = supervisor.lines.filter(
      ({ mention, request }) =>
        mention === asked.id || (request !== undefined && request === state?.id),
    );
    return [
      `seed ${seed}: ${asked.kind} ${asked.id} of ${asked.at.toISOString()}, ${state?.state ?? 'never admitted'}:`,
      ...answers.map(({ id, createdAt, content }) => `  answer ${id} of ${createdAt}: ${content}`),
      ...lines.map((line) => `  ${JSON.stringify(line)}`),
    ].join('\n');
  };
  const latencies = results
    .flatMap(({ asked, answers: [answer] }) =>
      answer ? [(Date.parse(answer.createdAt) - asked.at.getTime()) / 1000] : [],
    )
    .sort((a, b) => a - b);
  const count = (of: (result: Result) => number) =>
    results.reduce((sum, result) => sum + of(result), 0);
  return {
    figures: {
      seed,
      seconds: Math.round(seconds),
      mentions: results.length,
      answers: count(({ answers }) => answers.length),
      duplicates: count(({ answers }) => Math.max(0, answers.length - 1)),
      lost: count(({ answers }) => (answers.length === 0 ? 1 : 0)),
      wrong: count(
        ({ asked, answers }) => answers.filter((answer) => !isRight(asked.kind, answer)).length,
      ),
      orphans: supervisor.orphans.length,
      leftovers: (await readdir(join(folder, 'downloads')).catch(() => [])).length,
      starts: supervisor.starts,
      kills: tally(killer.kills),
      faults: faults.counts(),
      latencySeconds: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    },
    complaints: unhappy.map(story),
  };
}

/** Our posts in the thread, directly under a mention. */
export async function answersTo({ by, id }: Asked): Promise<readonly mastodon.v1.Status[]> {
  const { descendants } = await by.v1.statuses.$select(id).context.fetch();
  return descendants.filter(
    ({ account, inReplyToId }) => account.username === 'pentimento' && inReplyToId === id,
  );
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The nearest rank. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] ?? NaN;
}
