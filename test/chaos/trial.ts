import { expect } from 'vitest';
import { rounds } from '../support/rounds.js';
import { settle } from './acts.js';
import { openScene, type Scene } from './scene.js';
import { judge, type Figures } from './verdict.js';

/*
 * The real bot on a real server, both with their own SQLite files, while everything goes wrong. Decisions come from a
 * seed, which a failure prints; when the machine gets to them is its own affair.
 */

export const SEED = Number(process.env.CHAOS_SEED ?? 1);

/** The time limit of a run, in ms: a few times what it takes on two cores. */
export const LIMIT_MS = rounds(10, 40) * 60_000;

/** Lets something happen to a bot and the people who ask it; complains about every mention that was not answered well. */
export async function figuresAfter(happening: (scene: Scene) => Promise<void>): Promise<Figures> {
  const start = performance.now();
  const scene = await openScene(SEED);
  try {
    await happening(scene);
    await settle(scene);
    const exitCode = await scene.supervisor.stop();
    const { figures, complaints } = await judge(scene, (performance.now() - start) / 1000);
    expect(complaints.join('\n'), JSON.stringify(figures, undefined, 2)).toBe('');
    expect(exitCode).toBe(0);
    return figures;
  } finally {
    await scene.close();
  }
}

export const allWell = { duplicates: 0, lost: 0, wrong: 0, orphans: 0, leftovers: 0 };
