import type { Executor } from '../../src/graph/executor.js';
import type { Layer, Network } from '../../src/networks/network.js';
import type { Recipe } from '../../src/networks/recipe.js';
import type { Painter } from '../../src/style/descent.js';
import { judgeOn } from '../../src/style/judge.js';
import { memoryOf } from '../../src/style/memory.js';
import { values } from './random.js';

/** A network of random weights with one layer of every kind: small enough for plain loops and finite differences. */
const tinyNetwork: Network = {
  name: 'tiny',
  layers: new Map<string, Layer>([
    ['conv1', convolution('input', [4, 3, 3, 3], 2, 1)],
    ['relu1', { type: 'relu', from: ['conv1'] }],
    ['pool1', { type: 'maxPool', from: ['relu1'], size: 3 }],
    ['conv2a', convolution('pool1', [3, 4, 1, 3], 1, 2)],
    ['box2', { type: 'averageFilter', from: ['pool1'] }],
    ['conv2b', convolution('box2', [2, 4, 1, 1], 1, 3)],
    ['mixed2', { type: 'concatenate', from: ['conv2a', 'conv2b'] }],
    ['relu2', { type: 'relu', from: ['mixed2'] }],
  ]),
};

export const tinyRecipe: Recipe = {
  network: tinyNetwork,
  styleLayers: { relu1: 2, relu2: 1 },
  coarseStyleLayers: { mixed2: { weight: 1, upTo: 120 } },
  contentLayers: { relu2: 1.5 },
  faces: 8,
  dreamLayers: { relu1: 1, relu2: 2 },
  variation: 0.01,
};

/** Who paints with the tiny network; the judge is the real one. */
export function tinyPainter(executor: Executor): Painter {
  return { recipe: tinyRecipe, executor, look: judgeOn(executor), memory: memoryOf(1e6) };
}

function convolution(
  from: string,
  shape: readonly [number, number, number, number],
  stride: 1 | 2,
  seed: number,
): Layer {
  const [d, c, height, width] = shape;
  const weights = values(d * c * height * width, seed);
  const bias = values(d, 100 + seed).map((value) => 0.1 * value);
  return {
    type: 'convolution',
    from: [from],
    kernel: { shape, values: weights },
    bias,
    stride,
    padding: 'same',
  } as const;
}
