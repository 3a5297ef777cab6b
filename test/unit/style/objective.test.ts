import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import * as op from '../../../src/graph/operations.js';
import { inOrder } from '../../../src/graph/tensor.js';
import { INPUT } from '../../../src/networks/network.js';
import type { Recipe } from '../../../src/networks/recipe.js';
import { compileObjective, objectiveGraph, type FaceMask } from '../../../src/style/objective.js';
import { pictureOf } from '../../../src/style/picture.js';
import { SMOOTHEST } from '../../../src/style/losses.js';
import { mannerOf } from '../../../src/style/targets.js';
import { gradientError, TOLERANCE } from '../../support/finite-differences.js';
import { flat } from '../../support/pictures.js';
import { randomInputs, seeded, toFloat64 } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';
import { tinyRecipe } from '../../support/tiny-network.js';

describe.each([
  ['the whole loss', {}],
  ['the whole loss of a photo with faces', { hasFaces: true }],
  ['the whole loss of a tile', { hasFaces: true, tiles: 3 }],
])('%s', (_, kind) => {
  it('has the gradient that finite differences find, at every pixel', () => {
    const size = { width: 12, height: 8 };
    const { gradient, style, content, variation } = objectiveGraph(tinyRecipe, size, kind);
    const losses = { style, content, variation };
    const inputs = toFloat64(randomInputs({ gradient, ...losses }));
    // The objective's graph keeps its own picture; find it to differentiate the sum of the losses by it.
    const picture = inOrder(Object.values(losses)).find(
      ({ operation }) => operation.type === 'input' && operation.name === 'picture',
    );
    if (picture === undefined) throw new Error('no picture');
    const total = op.add(op.add(losses.style, losses.content), losses.variation);
    expect(gradientError(total, picture, inputs)).toBeLessThan(TOLERANCE);
    // And the gradient that the objective hands out is the gradient of that sum.
    const numeric = evaluate({ gradient, total }, inputs);
    expect(Math.max(...numeric.gradient.map(Math.abs))).toBeGreaterThan(1e-3);
    const random = seeded(3);
    const direction = numeric.gradient.map(random);
    const along = numeric.gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
    const h = 1e-6;
    const shifted = (sign: number) => {
      const moved = inputs.picture?.map((x, i) => x + sign * h * (direction[i] ?? 0));
      return (
        evaluate({ total }, { ...inputs, picture: moved ?? new Float64Array() }).total[0] ?? NaN
      );
    };
    expect((shifted(1) - shifted(-1)) / (2 * h)).toBeCloseTo(along, 4);
  });
});

describe('the objective', () => {
  // Small enough to work out by hand: the layers are the picture itself and the picture doubled.
  const recipe: Recipe = {
    network: {
      name: 'doubling',
      layers: new Map([
        [
          'doubled',
          {
            type: 'convolution',
            from: [INPUT],
            kernel: {
              shape: [3, 3, 1, 1],
              values: Float32Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2),
            },
            bias: new Float32Array(3),
            stride: 1,
            padding: 'same',
          },
        ],
      ]),
    },
    styleLayers: { [INPUT]: 3, doubled: 1 },
    coarseStyleLayers: {},
    contentLayers: { [INPUT]: 1 },
    faces: 1,
    dreamLayers: {},
    variation: 5 * SMOOTHEST, // the painting is of one color
  };
  const size = { width: 2, height: 2 };
  const painting = flat(size, 1, 1, 0);
  const photo = flat(size, 0.5, 0, 0);
  const picture = pictureOf(size, (channel, _, x) => (channel === x ? 1 : 0)); // red on the left, green on the right

  const evaluated = async (changes: Partial<Recipe> = {}, faces?: FaceMask) => {
    const changed = { ...recipe, ...changes };
    const executor = onnxExecutor(1);
    const manner = await mannerOf(changed, executor, [painting]);
    const objective = await compileObjective(changed, executor, photo, manner, faces);
    const result = await objective.evaluate(picture.data, { elsewhere: 2, inFaces: 8 });
    await objective.release();
    return result;
  };

  it('weighs every style layer’s loss, relative to the size of the painting’s Gram matrix', async () => {
    // G = diag(½, ½, 0); A is 1 in the four places of red and green: Σ|G − A| / Σ|A| = (½ + 1 + 1 + ½) / 4.
    // Doubled activations make both Gram matrices four times as large and the quotient the same.
    expect((await evaluated()).style).toBeCloseTo((3 + 1) * (3 / 4), 5);
    expect((await evaluated({ styleLayers: { [INPUT]: 1, doubled: 9 } })).style).toBeCloseTo(7.5);
  });

  it('weighs the content loss, relative to the size of the photo’s activations in the painting’s contrasts', async () => {
    // A photo of one color in the painting's contrasts is the painting's color. In each row, Σ(F − C)² = 1 + 1
    // and ΣC² = 2 + 2; with weight 2.
    expect((await evaluated()).content).toBeCloseTo(2 * (1 / 2), 5);
  });

  it('weighs it otherwise in faces', async () => {
    // One of the two rows is half a face: it counts as much as the mean of both weights, 5.
    const mask = () => Float32Array.of(0.5, 0.5, 0, 0);
    expect((await evaluated({}, mask)).content).toBeCloseTo((2 + 5) * (1 / 4), 5);
    const plain = await evaluated();
    expect(await evaluated({}, () => new Float32Array(4))).toEqual(plain);
    expect((await evaluated({}, () => new Float32Array(4).fill(1))).content).toBeCloseTo(
      8 * (1 / 2),
      5,
    );
  });

  it('weighs the total variation, relative to the painting’s', async () => {
    // In each row of 6 values, red falls by 1 and green rises by 1; with weight 5.
    expect((await evaluated()).variation).toBeCloseTo(5 * (2 / 6), 5);
  });

  it('hands out the gradient of all three together', async () => {
    const { gradient } = await evaluated();
    // style: (3 + 1)/4 · 2·sign(G − A)·F/4, which is −½ in red and green; content: 2·2·(F − C)/8; variation: ±5·2/12
    const variation = 10 / 12;
    const rows = [
      [-0.5 + variation, -0.5 - 0.5 - variation], // red
      [-0.5 - 0.5 - variation, -0.5 + variation], // green
      [0, 0], // blue
    ];
    for (const [i, value] of rows.flatMap((row) => [...row, ...row]).entries())
      expect(gradient[i]).toBeCloseTo(value, 4);
  });
});
