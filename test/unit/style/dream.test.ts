import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { inOrder } from '../../../src/graph/tensor.js';
import { dream, type DreamOptions } from '../../../src/style/dream.js';
import { compileDream, dreamGraph } from '../../../src/style/dream-objective.js';
import { CHANNELS, pictureOf, type Picture } from '../../../src/style/picture.js';
import { octaves, type Progress } from '../../../src/style/schedule.js';
import { gradientError, TOLERANCE } from '../../support/finite-differences.js';
import { meanOf, waves } from '../../support/pictures.js';
import { values } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';
import { tinyRecipe } from '../../support/tiny-network.js';

const executor = onnxExecutor(2);

describe('the excitement of a dream', () => {
  const size = { width: 12, height: 8 };
  const graph = dreamGraph(tinyRecipe, size);
  const inputs = {
    picture: Float64Array.from(values(CHANNELS * 12 * 8, 7), (value) => 0.5 + 0.5 * value),
    'relu1.weight': Float64Array.of(1.5),
    'relu2.weight': Float64Array.of(0.7),
  };

  it('has the gradient that finite differences find, at every pixel, and hands it out', () => {
    const picture = inOrder([graph.excitement]).find(
      ({ operation }) => operation.type === 'input' && operation.name === 'picture',
    );
    if (picture === undefined) throw new Error('no picture');
    expect(gradientError(graph.excitement, picture, inputs)).toBeLessThan(TOLERANCE);
    const { gradient } = evaluate({ gradient: graph.gradient }, inputs);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(1e-3);
    const h = 1e-6;
    const excitementAt = (step: number) => {
      const moved = inputs.picture.map((x, i) => x + step * (gradient[i] ?? 0));
      return evaluate({ e: graph.excitement }, { ...inputs, picture: moved }).e[0] ?? NaN;
    };
    const slope = gradient.reduce((sum, g) => sum + g * g, 0);
    expect((excitementAt(h) - excitementAt(-h)) / (2 * h) / slope).toBeCloseTo(1, 5);
  });

  it('has a softened gradient that goes the same way, with less ripple', () => {
    const { gradient, softened } = evaluate(
      { gradient: graph.gradient, softened: graph.softened },
      inputs,
    );
    const along = gradient.reduce((sum, g, i) => sum + g * (softened[i] ?? NaN), 0);
    expect(along).toBeGreaterThan(0);
    expect(ripple(softened)).toBeLessThan(ripple(gradient) / 2);
  });

  it('is at the photo the sum of the layers’ weights', async () => {
    const photo = waves({ width: 32, height: 16 }, 1);
    const objective = await compileDream(tinyRecipe, executor, photo);
    const { excitement } = await objective.evaluate(photo.data);
    await objective.release();
    expect(excitement).toBeCloseTo(1 + 2, 4);
  });

  /** How far neighbors are apart, relative to how large the values are. */
  function ripple(data: Float64Array): number {
    const size = data.reduce((sum, value) => sum + Math.abs(value), 0);
    return (
      data.slice(1).reduce((sum, value, i) => sum + Math.abs(value - (data[i] ?? 0)), 0) / size
    );
  }
});

describe('the octaves', () => {
  const photo = { width: 512, height: 384 };
  const widths = (patternScale: number) =>
    octaves(photo, patternScale, 'normal').map(({ width }) => width);

  it('grow by 1.4 up to the photo’s size', () => {
    expect(widths(100)).toEqual([187, 261, 366, 512]);
  });

  it('are half as large for patterns twice as large', () => {
    expect(widths(200)).toEqual([93, 131, 183, 256]);
  });

  it('are never larger than the photo, nor smaller than 64×64 pixels, and always equally deep together', () => {
    for (const patternScale of [25, 50, 100, 200, 400])
      for (const size of [photo, { width: 50, height: 64 }, { width: 1600, height: 100 }]) {
        const all = octaves(size, patternScale, 'normal');
        expect(all.reduce((sum, { depth }) => sum + depth, 0)).toBe(4);
        for (const { width, height, iterations, depth } of all) {
          expect(iterations / depth).toBe(12);
          expect(width * height).toBeGreaterThan(
            Math.min(size.width * size.height, 0.98 * 64 ** 2) - 1,
          );
          expect(width).toBeLessThanOrEqual(size.width);
        }
      }
  });
});

describe('a dream', () => {
  const options: DreamOptions = {
    content: waves({ width: 100, height: 80 }, 1),
    strength: 50,
    patternScale: 100,
    colors: 'paint',
    quality: 'normal',
    seed: 1,
  };
  const dreamed = (changes: Partial<DreamOptions> = {}) =>
    dream(tinyRecipe, executor, { ...options, ...changes });
  const distance = (picture: Picture) =>
    meanOf(picture.data.map((value, i) => Math.abs(value - (options.content.data[i] ?? NaN))));

  const excitementOf = async (picture: Picture) => {
    const objective = await compileDream(tinyRecipe, executor, options.content);
    const { excitement } = await objective.evaluate(picture.data);
    await objective.release();
    return excitement;
  };

  it('excites the network more than the photo does, the deeper the more', async () => {
    const excitements = [];
    for (const strength of [0, 20, 50, 100])
      excitements.push(await excitementOf(await dreamed({ strength })));
    expect(excitements).toEqual(excitements.toSorted((a, b) => a - b));
    expect(excitements[3] ?? NaN).toBeGreaterThan(1.2 * (excitements[0] ?? NaN));
  });

  it('is a picture of the photo’s size with every value in 0..1', async () => {
    const { width, height, data } = await dreamed({ strength: 100 });
    expect([width, height, data.length]).toEqual([100, 80, 3 * 100 * 80]);
    expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('of strength 0 is the photo, and leads farther from it with every step', async () => {
    expect(await dreamed({ strength: 0 })).toEqual(options.content);
    const [light, deep] = [await dreamed({ strength: 20 }), await dreamed({ strength: 80 })];
    expect(distance(light)).toBeGreaterThan(0);
    expect(distance(deep)).toBeGreaterThan(distance(light));
  });

  it('is the same for the same seed and another for another', async () => {
    const [first, second, other] = [await dreamed(), await dreamed(), await dreamed({ seed: 2 })];
    expect(second.data).toEqual(first.data);
    expect(other.data).not.toEqual(first.data);
  });

  it('is as deep in a draft, in fewer steps', async () => {
    const steps: Progress[] = [];
    const draft = await dreamed({
      quality: 'draft',
      onProgress: (progress) => steps.push(progress),
    });
    expect(distance(draft) / distance(await dreamed())).toBeCloseTo(1, 0);
    expect(steps.at(-1)?.iterations).toBe(4);
  });

  it('lets the photo keep its colors, if told to', async () => {
    const size = { width: 100, height: 80 };
    const content = pictureOf(size, (c, y, x) => [0.5 + (x * y) / 1e5, 0.4, 0.6][c] ?? NaN);
    const { data } = await dreamed({ content, colors: 'keep', strength: 10 }); // so light that nothing is cut off
    const pixels = 100 * 80;
    for (let p = 0; p < pixels; p++)
      for (const c of [1, 2]) {
        const before = (content.data[p] ?? NaN) - (content.data[p + c * pixels] ?? NaN);
        expect((data[p] ?? NaN) - (data[p + c * pixels] ?? NaN)).toBeCloseTo(before, 4);
      }
  });

  it('tells of every step once, up to the end', async () => {
    const fractions: number[] = [];
    await dreamed({ onProgress: ({ fraction }) => fractions.push(fraction) });
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1);
    const iterations = octaves(options.content, 100, 'normal').map((octave) => octave.iterations);
    expect(fractions).toHaveLength(iterations.reduce((a, b) => a + b));
  });

  it('ends between two steps when told to, with the reason given', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => controller.abort(reason);
    await expect(dreamed({ signal: controller.signal, onProgress })).rejects.toBe(reason);
  });
});
