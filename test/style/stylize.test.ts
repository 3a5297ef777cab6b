import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { stylize, type Progress, type StylizeOptions } from '../../src/style/stylize.js';
import { noise, waves } from '../support/pictures.js';
import { tinyRecipe } from '../support/tiny-network.js';

const executor = onnxExecutor(2);
const options: StylizeOptions = {
  content: waves({ width: 150, height: 130 }, 1),
  styles: [{ picture: waves({ width: 90, height: 140 }, 3), weight: 1 }],
  strength: 50,
  seed: 1,
};
const paint = (changes: Partial<StylizeOptions> = {}) =>
  stylize(tinyRecipe, executor, { ...options, ...changes });

describe('stylize', () => {
  it('gives a picture of the content’s size with every value in 0..1', async () => {
    const { width, height, data } = await paint();
    expect([width, height, data.length]).toEqual([150, 130, 3 * 150 * 130]);
    expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('gives the same picture for the same seed and another for another', async () => {
    const [first, second, other] = [await paint(), await paint(), await paint({ seed: 2 })];
    expect(second.data).toEqual(first.data);
    expect(other.data).not.toEqual(first.data);
  });

  it('lowers the style loss at every scale and reports each iteration once, in order', async () => {
    const seen: Progress[] = [];
    await paint({ onProgress: (progress) => seen.push(progress) });
    for (let scale = 1; scale <= (seen[0]?.scales ?? 0); scale++) {
      const steps = seen.filter((progress) => progress.scale === scale);
      expect(steps.map(({ iteration }) => iteration)).toEqual(
        Array.from({ length: steps[0]?.iterations ?? 0 }, (_, i) => i + 1),
      );
      expect(steps.at(-1)?.losses.style).toBeLessThan(steps[0]?.losses.style ?? 0);
    }
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1);
  });

  it('stays closer to the photo at low strength and comes closer to the painting at high strength', async () => {
    const lossesAt = async (strength: number) => {
      let last: Progress | undefined;
      await paint({ strength, onProgress: (progress) => (last = progress) });
      const weight = 1.5 * 4 ** ((50 - strength) / 25);
      return { style: last?.losses.style ?? NaN, content: (last?.losses.content ?? NaN) / weight };
    };
    const [low, high] = [await lossesAt(10), await lossesAt(90)];
    expect(low.content).toBeLessThan(high.content);
    expect(high.style).toBeLessThan(low.style);
  });

  it('blends several paintings by weight', async () => {
    const one = { picture: waves({ width: 90, height: 90 }, 3), weight: 1 };
    const other = { picture: noise({ width: 90, height: 90 }, 5), weight: 1 };
    const onlyOne = await paint({ styles: [one, { ...other, weight: 0 }] });
    const blended = await paint({ styles: [one, other] });
    expect(onlyOne.data).toEqual((await paint({ styles: [one] })).data);
    expect(blended.data).not.toEqual(onlyOne.data);
  });

  it('stops between two iterations when told to, with the reason given', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let iterations = 0;
    const work = paint({
      signal: controller.signal,
      onProgress: () => {
        if (++iterations === 3) controller.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect(iterations).toBe(3);
  });

  it('refuses to paint without a painting', async () => {
    await expect(paint({ styles: [] })).rejects.toThrow(RangeError);
  });
});
