import { expect, it } from 'vitest';
import { killings } from './acts.js';
import { allWell, figuresAfter, HALF_AN_HOUR } from './trial.js';

/** Of which every twelfth is a render worker's, so that the bot itself dies sixty times. */
const KILLS = 66;

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

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
