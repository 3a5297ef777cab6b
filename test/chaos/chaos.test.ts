import { expect, it } from 'vitest';
import { killings, settle, storm } from './acts.js';
import { faultKinds } from './faults.js';
import { openScene, type Scene } from './scene.js';
import { judge, type Figures } from './verdict.js';

/*
 * The real bot on a real server, both with their own SQLite files, while everything goes wrong. Decisions come from a
 * seed, which a failure prints; when the machine gets to them is its own affair.
 */

const SEED = Number(process.env.CHAOS_SEED ?? 1);
const HALF_AN_HOUR = 30 * 60_000;
const KILLS = 60;
const MENTIONS_OF_THE_STORM = 120;

/** Lets something happen to a bot and the people who ask it; complains about every mention that was not answered well. */
async function figuresAfter(happening: (scene: Scene) => Promise<void>): Promise<Figures> {
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

const allWell = { duplicates: 0, lost: 0, wrong: 0, orphans: 0, leftovers: 0 };

it(
  'gives every mention exactly one right answer although the bot is killed again and again, at every step of its work',
  async () => {
    const figures = await figuresAfter(async (scene) => {
      scene.supervisor.start();
      await killings(scene, KILLS);
    });
    expect(figures).toMatchObject({ ...allWell, answers: figures.mentions });
    expect(figures.mentions).toBeGreaterThan(80);
    expect(sum(figures.kills)).toBe(KILLS);
    expect(figures.starts).toBeGreaterThan(KILLS / 2);
    for (const moment of ['painting', 'rendered', 'uploaded', 'posting', 'posted'])
      expect(figures.kills[`bot: ${moment}`], moment).toBeGreaterThan(0);
    expect(figures.kills['worker: painting']).toBeGreaterThan(0);
  },
  HALF_AN_HOUR,
);

it(
  'gives every mention exactly one right answer although server and network do everything wrong that they can',
  async () => {
    const figures = await figuresAfter(async (scene) => {
      scene.faults.weather = 'storm';
      scene.supervisor.start();
      await storm(scene, MENTIONS_OF_THE_STORM);
    });
    expect(figures).toMatchObject({ ...allWell, answers: figures.mentions });
    expect(figures.mentions).toBeGreaterThanOrEqual(MENTIONS_OF_THE_STORM);
    for (const kind of faultKinds) expect(figures.faults[kind], kind).toBeGreaterThan(0);
  },
  HALF_AN_HOUR,
);

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
