import { expect, it } from 'vitest';
import { rounds } from '../support/rounds.js';
import { storm } from './acts.js';
import { faultKinds } from './faults.js';
import { allWell, figuresAfter, LIMIT_MS } from './trial.js';

/** Up to sixty more follow until each kind of fault has had its turn. */
const MENTIONS = rounds(30, 200);

it(
  'gives every mention exactly one right answer although server and network do everything wrong that they can',
  async () => {
    const figures = await figuresAfter(async (scene) => {
      scene.faults.weather = 'storm';
      scene.supervisor.start();
      await storm(scene, MENTIONS);
    });
    expect(figures).toMatchObject({ ...allWell, answers: figures.mentions });
    expect(figures.mentions).toBeGreaterThanOrEqual(MENTIONS);
    for (const kind of faultKinds) expect(figures.faults[kind], kind).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
