import type { Executor } from '../../src/graph/executor.js';
import * as op from '../../src/graph/operations.js';
import type { Tensor } from '../../src/graph/tensor.js';
import type { Box } from '../../src/networks/detections.js';
import { features, reduction } from '../../src/networks/features.js';
import type { Recipe } from '../../src/networks/recipe.js';
import { borderFor, mirrored } from '../../src/style/border.js';
import { faceMask } from '../../src/style/faces.js';
import { gramMatrix } from '../../src/style/losses.js';
import type { ByLayer } from '../../src/style/targets.js';
import { memoryOf } from '../../src/style/memory.js';
import { blendedManner } from '../../src/style/paintings.js';
import { shapeOf, type Picture } from '../../src/style/picture.js';

/**
 * How far the style of what lies outside of the faces is from the painting's: the mean over the style layers of
 * Σ|G − A| / Σ|A|, where G counts the positions by how little of a face is there (a guidance channel in the words of
 * Gatys et al., "Controlling Perceptual Factors in Neural Style Transfer", 2017, "Spatial control").
 */
export async function backgroundStyleLoss(
  recipe: Recipe,
  executor: Executor,
  picture: Picture,
  painting: Picture,
  faces: readonly Box[],
): Promise<number> {
  const layers = Object.keys(recipe.styleLayers);
  const unit = reduction(recipe.network, layers);
  const border = borderFor(picture, unit);
  const whole = mirrored(picture, border);
  const maskOf = faceMask(faces, picture, border);
  const activations = features(recipe.network, op.input('picture', shapeOf(whole)), layers);
  const outputs = Object.fromEntries(
    [...activations].map(([layer, activation]) => {
      const [, , height = 0, width = 0] = activation.shape;
      const outside = maskOf({ width, height }).map((face) => 1 - face);
      return [layer, guidedGram(activation, outside)];
    }),
  );
  const program = await executor.compile(outputs);
  const grams: ByLayer = new Map(Object.entries(await program.run({ picture: whole.data })));
  await program.release();

  const styles = [{ picture: painting, weight: 1 }];
  const { grams: targets } = await blendedManner(
    { recipe, executor, memory: memoryOf(0) },
    styles,
    picture,
    100,
    unit,
  );
  const distances = layers.map((layer) => distance(grams.get(layer), targets.get(layer)));
  return distances.reduce((sum, value) => sum + value, 0) / layers.length;
}

/** The Gram matrix of the positions, each counting by its weight. */
function guidedGram(activation: Tensor, weights: Float32Array): Tensor {
  const [, channels = 0, height = 0, width = 0] = activation.shape;
  const roots = op.constant(weights.map(Math.sqrt), [1, 1, height, width]);
  const ones = op.constant(new Float32Array(channels).fill(1), [channels, 1, 1, 1]);
  const mean = weights.reduce((sum, value) => sum + value, 0) / weights.length;
  return op.scale(gramMatrix(op.multiply(activation, op.convolve(roots, ones))), 1 / mean);
}

/** Σ|a − b| / Σ|b| */
function distance(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()) {
  let [difference, size] = [0, 0];
  for (const [i, value] of b.entries()) {
    difference += Math.abs((a[i] ?? NaN) - value);
    size += Math.abs(value);
  }
  return difference / size;
}
