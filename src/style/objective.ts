import type { Executor } from '../graph/executor.js';
import { gradientOf } from '../graph/gradient.js';
import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { features } from '../networks/features.js';
import { contentLoss, gramMatrix, styleLoss, totalVariation } from './losses.js';
import { shapeOf, type Picture, type Size } from './picture.js';
import type { Recipe } from '../networks/recipe.js';

/** The losses of one iteration, weighted: what they add to the total. */
export interface Losses {
  readonly style: number;
  readonly content: number;
  readonly variation: number;
}

export type Grams = ReadonlyMap<string, Float32Array>;

/** What the picture should come to have: the paintings' Gram matrices and the photo's activations. */
export interface Targets {
  readonly grams: Grams;
  readonly content: Float32Array;
}

/** The loss and its gradient with respect to the picture, for one size. */
export interface Objective {
  evaluate(picture: Float32Array): Promise<Losses & { readonly gradient: Float32Array }>;
  release(): Promise<void>;
}

const CONTENT = 'content';

/** The Gram matrices of a painting at every style layer. Its sides must be multiples of the network's reduction. */
export async function gramsOf(
  recipe: Recipe,
  executor: Executor,
  painting: Picture,
): Promise<Grams> {
  const layers = Object.keys(recipe.styleLayers);
  const activations = features(recipe.network, op.input('picture', shapeOf(painting)), layers);
  const outputs = Object.fromEntries(
    [...activations].map(([layer, activation]) => [layer, gramMatrix(activation)]),
  );
  return new Map(Object.entries(await runOnce(executor, outputs, painting)));
}

/** The photo's activations at the content layer. */
export async function contentOf(
  recipe: Recipe,
  executor: Executor,
  photo: Picture,
): Promise<Float32Array> {
  const layer = recipe.contentLayer.name;
  const picture = op.input('picture', shapeOf(photo));
  const outputs = Object.fromEntries(features(recipe.network, picture, [layer]));
  const { [layer]: activation } = await runOnce(executor, outputs, photo);
  if (activation === undefined) throw new Error(`no activation at ${layer}`);
  return activation;
}

async function runOnce(
  executor: Executor,
  outputs: Readonly<Record<string, Tensor>>,
  picture: Picture,
): Promise<Readonly<Record<string, Float32Array>>> {
  const program = await executor.compile(outputs);
  try {
    return await program.run({ picture: picture.data });
  } finally {
    await program.release();
  }
}

/**
 * Total = Σ_l w_l · Σ|G_l - A_l| / Σ|A_l|  +  w · Σ(F - C)² / ΣC²  +  v · variation.
 *
 * Each part is relative to its target's own size, so one set of weights serves every picture and every layer. The
 * weights are inputs of the program: strength and targets change without compiling anew.
 */
export async function compileObjective(
  recipe: Recipe,
  executor: Executor,
  size: Size,
  targets: Targets,
  contentWeight: number,
): Promise<Objective> {
  const program = await executor.compile(objectiveGraph(recipe, size));
  const inputs: Record<string, Float32Array> = {
    'content.target': targets.content,
    'content.weight': scalar(contentWeight / total(targets.content, (value) => value * value)),
    'variation.weight': scalar(recipe.variation),
  };
  for (const [layer, weight] of Object.entries(recipe.styleLayers)) {
    const gram = targets.grams.get(layer);
    if (gram === undefined) throw new Error(`no target for ${layer}`);
    inputs[`${layer}.target`] = gram;
    inputs[`${layer}.weight`] = scalar(weight / total(gram, Math.abs));
  }
  return {
    async evaluate(picture) {
      const { gradient, ...losses } = await program.run({ ...inputs, picture });
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
): Readonly<Record<keyof Losses | 'gradient', Tensor>> {
  const picture = op.input('picture', shapeOf(size));
  const layers = Object.keys(recipe.styleLayers);
  const content = recipe.contentLayer.name;
  const activations = features(recipe.network, picture, [...layers, content]);
  const at = (layer: string): Tensor => {
    const activation = activations.get(layer);
    if (activation === undefined) throw new Error(`no activation at ${layer}`);
    return activation;
  };
  const weighted = (name: string, loss: Tensor) =>
    op.multiply(op.input(`${name}.weight`, []), loss);

  const losses = {
    style: layers
      .map((layer) => {
        const gram = gramMatrix(at(layer));
        return weighted(layer, styleLoss(gram, op.input(`${layer}.target`, gram.shape)));
      })
      .reduce(op.add),
    content: weighted(
      CONTENT,
      contentLoss(at(content), op.input(`${CONTENT}.target`, at(content).shape)),
    ),
    variation: weighted('variation', totalVariation(picture)),
  };
  const sum = op.add(op.add(losses.style, losses.content), losses.variation);
  return { ...losses, gradient: gradientOf(sum, picture) };
}

function scalar(value: number): Float32Array {
  return Float32Array.of(value);
}

/** The sum over all values; never zero, so that a black picture has a loss and not a division by zero. */
function total(values: Float32Array, of: (value: number) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) + 1e-12;
}
