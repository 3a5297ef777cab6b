import { expect, it } from 'vitest';
import { rounds } from '../support/rounds.js';
import { killings } from './acts.js';
import { killPlans } from './killer.js';
import { allWell, figuresAfter, LIMIT_MS } from './trial.js';

/** Each moment once, in a random order; in the long run more than five times. */
const KILLS = rounds(killPlans.length, 66);

it(
  'gives every mention exactly one right answer although the bot is killed again and again, at every step of its work',
  async () => {
    const figures = await figuresAfter(async (scene) => {
      scene.supervisor.start();
      await killings(scene, KILLS);
    });
    expect(figures).toMatchObject({ ...allWell, answers: figures.mentions });
    expect(figures.mentions).toBeGreaterThanOrEqual(rounds(KILLS, 80));
    expect(sum(figures.kills)).toBe(KILLS);
    expect(figures.starts).toBeGreaterThan(KILLS / 2);
    for (const { victim, moment } of killPlans)
      expect(figures.kills[`${victim}: ${moment}`], moment).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
