import { expect, it } from 'vitest';
import { storm } from './acts.js';
import { faultKinds } from './faults.js';
import { allWell, figuresAfter, HALF_AN_HOUR } from './trial.js';

const MENTIONS = 200;

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
  HALF_AN_HOUR,
);
