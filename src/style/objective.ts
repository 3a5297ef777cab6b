import type { Executor } from '../graph/executor.js';
import { gradientOf } from '../graph/gradient.js';
import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { features, reduction } from '../networks/features.js';
import { contentLoss, gramMatrix, maskedContentLoss, styleLoss, totalVariation } from './losses.js';
import { shapeOf, type Picture, type Size } from './picture.js';
import type { Recipe } from '../networks/recipe.js';

/** The losses of one iteration, weighted: what they add to the total. */
export interface Losses {
  readonly style: number;
  readonly content: number;
  readonly variation: number;
}

/** Values by layer. */
export type ByLayer = ReadonlyMap<string, Float32Array>;

/** What the picture should come to have: the paintings' Gram matrices and the photo's activations. */
export interface Targets {
  readonly grams: ByLayer;
  readonly content: ByLayer;
}

/** How much every content layer counts, elsewhere and in faces. */
export type ContentWeights = Readonly<
  Record<string, { readonly weight: number; readonly inFaces: number }>
>;

/** How much of a face is at every position of a grid of this size laid over the whole picture: 0..1, row by row. */
export type FaceMask = (grid: Size) => Float32Array;

/** The loss and its gradient with respect to the picture, for one size. */
export interface Objective {
  evaluate(picture: Float32Array): Promise<Losses & { readonly gradient: Float32Array }>;
  release(): Promise<void>;
}

/**
 * The Gram matrices at every style layer of a painting in tiles of one size, whose sides must be multiples of the
 * network's reduction. A Gram matrix is a mean over positions, so the mean over the tiles is the whole painting's; and
 * no more memory is needed than for one tile.
 */
export async function gramsOf(
  recipe: Recipe,
  executor: Executor,
  tiles: readonly Picture[],
): Promise<ByLayer> {
  const [first] = tiles;
  if (first === undefined) throw new Error('a painting without tiles');
  const layers = Object.keys(recipe.styleLayers);
  const activations = features(recipe.network, op.input('picture', shapeOf(first)), layers);
  const outputs = Object.fromEntries(
    [...activations].map(([layer, activation]) => [layer, gramMatrix(activation)]),
  );
  const program = await executor.compile(outputs);
  try {
    const grams: ByLayer[] = [];
    for (const { data } of tiles)
      grams.push(new Map(Object.entries(await program.run({ picture: data }))));
    return weightedSum(grams.map((values) => ({ values, weight: 1 / tiles.length })));
  } finally {
    await program.release();
  }
}

/** The sum of values at the same layers, each times its weight. */
export function weightedSum(
  parts: readonly { readonly values: ByLayer; readonly weight: number }[],
): ByLayer {
  const sum = new Map<string, Float32Array>();
  for (const { values, weight } of parts)
    for (const [layer, addend] of values) {
      const sofar = sum.get(layer);
      sum.set(
        layer,
        addend.map((value, i) => (sofar?.[i] ?? 0) + weight * value),
      );
    }
  return sum;
}

/** The photo's activations at every content layer. */
export async function contentOf(
  recipe: Recipe,
  executor: Executor,
  photo: Picture,
): Promise<ByLayer> {
  const picture = op.input('picture', shapeOf(photo));
  const layers = Object.keys(recipe.contentLayers);
  const program = await executor.compile(
    Object.fromEntries(features(recipe.network, picture, layers)),
  );
  try {
    return new Map(Object.entries(await program.run({ picture: photo.data })));
  } finally {
    await program.release();
  }
}

/**
 * Total = Σ_l w_l · Σ|G_l - A_l| / Σ|A_l|  +  Σ_m w_m · Σ(F_m - C_m)² / ΣC_m²  +  v · variation,
 * over the style layers l and the content layers m.
 *
 * Each part is relative to its target's own size, so one set of weights serves every picture and every layer. In faces,
 * where a mask says that there are any, w_m is another.
 */
export async function compileObjective(
  recipe: Recipe,
  executor: Executor,
  size: Size,
  targets: Targets,
  contentWeights: ContentWeights,
  faces?: FaceMask,
): Promise<Objective> {
  const inputs: Record<string, Float32Array> = {
    'variation.weight': scalar(recipe.variation),
  };
  for (const [layer, weight] of Object.entries(recipe.styleLayers)) {
    const gram = targetAt(targets.grams, layer);
    inputs[`style.${layer}.target`] = gram;
    inputs[`style.${layer}.weight`] = scalar(weight / total(gram, Math.abs));
  }
  for (const [layer, { weight, inFaces }] of Object.entries(contentWeights)) {
    const activation = targetAt(targets.content, layer);
    inputs[`content.${layer}.target`] = activation;
    inputs[`content.${layer}.weight`] = scalar(weight / total(activation, (value) => value ** 2));
    if (faces === undefined) continue;
    const factor = reduction(recipe.network, [layer]);
    const mask = faces({ width: size.width / factor, height: size.height / factor });
    inputs[`content.${layer}.mask`] = mask.map((face) => 1 + (inFaces / weight - 1) * face);
  }
  const graph = objectiveGraph(recipe, size, faces !== undefined);
  const program = await executor.compile(graph, inputs);
  return {
    async evaluate(picture) {
      const { gradient, ...losses } = await program.run({ picture });
      return {
        gradient,
        style: losses.style[0] ?? NaN,
        content: losses.content[0] ?? NaN,
        variation: losses.variation[0] ?? NaN,
      };
    },
    release: () => program.release(),
  };
}

/** The graph of `compileObjective`: the losses by name and the gradient of their sum. */
export function objectiveGraph(
  recipe: Recipe,
  size: Size,
  hasFaces = false,
): Readonly<Record<keyof Losses | 'gradient', Tensor>> {
  const picture = op.input('picture', shapeOf(size));
  const styleLayers = Object.keys(recipe.styleLayers);
  const contentLayers = Object.keys(recipe.contentLayers);
  const activations = features(recipe.network, picture, [...styleLayers, ...contentLayers]);
  const at = (layer: string): Tensor => {
    const activation = activations.get(layer);
    if (activation === undefined) throw new Error(`no activation at ${layer}`);
    return activation;
  };
  const weighted = (name: string, value: Tensor, loss: (value: Tensor, target: Tensor) => Tensor) =>
    op.multiply(
      op.input(`${name}.weight`, []),
      loss(value, op.input(`${name}.target`, value.shape)),
    );
  const contentLossAt = (layer: string) => (activation: Tensor, target: Tensor) => {
    if (!hasFaces) return contentLoss(activation, target);
    const [, , height = 0, width = 0] = activation.shape;
    const mask = op.input(`content.${layer}.mask`, [1, 1, height, width]);
    return maskedContentLoss(activation, target, mask);
  };
  const losses = {
    style: styleLayers
      .map((layer) => weighted(`style.${layer}`, gramMatrix(at(layer)), styleLoss))
      .reduce(op.add),
    content: contentLayers
      .map((layer) => weighted(`content.${layer}`, at(layer), contentLossAt(layer)))
      .reduce(op.add),
    variation: op.multiply(op.input('variation.weight', []), totalVariation(picture)),
  };
  const sum = op.add(op.add(losses.style, losses.content), losses.variation);
  return { ...losses, gradient: gradientOf(sum, picture) };
}

function targetAt(targets: ByLayer, layer: string): Float32Array {
  const target = targets.get(layer);
  if (target === undefined) throw new Error(`no target for ${layer}`);
  return target;
}

function scalar(value: number): Float32Array {
  return Float32Array.of(value);
}

/** The sum over all values; never zero, so that a black picture has a loss and not a division by zero. */
function total(values: Float32Array, of: (value: number) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) + 1e-12;
}
