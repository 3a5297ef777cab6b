import { describe, expect, it } from 'vitest';
import type { Executor } from '../../../src/graph/executor.js';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { costOfJob, type Work } from '../../../src/render/cost.js';
import { panelSize, variations } from '../../../src/render/variations.js';
import { costOf } from '../../../src/style/cost.js';
import { dream } from '../../../src/style/dream.js';
import { memoryOf } from '../../../src/style/memory.js';
import type { Picture, Size } from '../../../src/style/picture.js';
import { stylize } from '../../../src/style/stylize.js';
import { counting } from '../../support/listening.js';
import { waves } from '../../support/pictures.js';
import { tinyPainter, tinyRecipe } from '../../support/tiny-network.js';

const photo = { width: 400, height: 300 };
const work: Work = { effect: 'painting', size: 512, scale: 100, quality: 'normal', styles: 1 };
const relative = (changes: Partial<Work>) =>
  costOfJob({ ...work, ...changes }, photo) / costOfJob(work, photo);

describe('the cost of a job', () => {
  it('is a square’s for a photo of unknown size, and never more', () => {
    for (const effect of ['painting', 'variations', 'dream'] as const) {
      const most = costOfJob({ ...work, effect });
      expect(most).toBe(costOfJob({ ...work, effect }, { width: 70, height: 70 }));
      expect(costOfJob({ ...work, effect }, { width: 1e6, height: 1 })).toBeLessThanOrEqual(most);
      expect(costOfJob({ ...work, effect }, photo)).toBeLessThan(most);
    }
  });

  it('is less for a draft and more for a fine picture, about as the steps are', () => {
    expect(relative({ quality: 'draft' })).toBeCloseTo(0.2, 1);
    expect(relative({ quality: 'fine' })).toBeCloseTo(1.9, 1);
  });

  it('grows with the paintings, and with what there is to see of them', () => {
    expect(relative({ styles: 2 })).toBeGreaterThan(1);
    expect(relative({ styles: 3 })).toBeGreaterThan(relative({ styles: 2 }));
    expect(relative({ scale: 400 })).toBeGreaterThan(1);
    expect(relative({ scale: 400 })).toBeLessThan(1.5);
  });

  it('of variations is about that of a picture, and of a dream less', () => {
    expect(relative({ effect: 'variations' })).toBeGreaterThan(0.8);
    expect(relative({ effect: 'variations' })).toBeLessThan(1.2);
    expect(relative({ effect: 'dream', styles: 0 })).toBeCloseTo(0.5, 1);
  });

  describe('is what is computed:', () => {
    const content = waves({ width: 64, height: 48 }, 1);
    const styles = [{ picture: waves({ width: 90, height: 70 }, 3), weight: 1 }];
    const common = { colors: 'paint', faces: [], quality: 'draft', seed: 1 } as const;
    const painter = { ...tinyPainter(onnxExecutor(2)), memory: memoryOf(0) };
    const draft: Work = { ...work, size: 64, quality: 'draft' };

    const costOfRuns = (iterations: number, size: Size) => costOf([{ ...size, iterations }], 0);

    /** How often the network runs on how many pixels, its borders included. */
    async function ran(make: (executor: Executor) => Promise<Picture>): Promise<number> {
      const { executor, runs } = counting(onnxExecutor(2));
      await make(executor);
      return runs();
    }

    it.each([100, 200, 330])('for a painting at scale %i', async (scale) => {
      const runs = await ran((executor) =>
        stylize(
          { ...painter, executor },
          {
            ...common,
            content,
            styles,
            strength: 50,
            styleScale: scale,
          },
        ),
      );
      // There is one scale in the pyramid.
      expect(costOfJob({ ...draft, scale }, content)).toBe(costOfRuns(runs, content));
    });

    it('for a sheet of variations', async () => {
      const panel = waves({ width: 32, height: 24 }, 1);
      const runs = await ran((executor) =>
        variations({ ...painter, executor }, { ...common, content: panel, styles }),
      );
      expect(panelSize(64)).toBe(32);
      // What the tiny network paints goes wrong now and then, and is painted again; nobody pays for that.
      const pictures = 6;
      const cost = costOfJob({ ...draft, effect: 'variations' }, content);
      expect(pictures * costOfRuns(runs / pictures, panel)).toBeGreaterThanOrEqual(cost);
      expect(pictures * costOfRuns(runs / 1.5 / pictures, panel)).toBeLessThan(cost);
    });

    it('for a dream', async () => {
      const runs = await ran((executor) =>
        dream(tinyRecipe, executor, { ...common, content, strength: 50, patternScale: 25 }),
      );
      // At scale 25 all octaves are as large as the photo.
      const whole = costOfJob({ ...draft, effect: 'dream', scale: 25 }, content);
      expect(whole / costOfRuns(runs, content)).toBeCloseTo(2, 6);
    });
  });
});
