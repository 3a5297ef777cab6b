import type { Executor } from '../graph/executor.js';
import { gradientOf } from '../graph/gradient.js';
import * as op from '../graph/operations.js';
import { sizeOf, type Tensor } from '../graph/tensor.js';
import { features } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import { shapeOf, type Picture, type Size } from './picture.js';

/** What a network sees in a picture, and how to show it more of that, for one size. */
export interface DreamObjective {
  evaluate(picture: Float32Array): Promise<Excitement>;
  release(): Promise<void>;
}

export interface Excitement {
  /** How active the layers are, relative to what they are at the photo. */
  readonly excitement: number;
  /** Its gradient with respect to the picture. */
  readonly gradient: Float32Array;
  /** The same gradient averaged over a few pixels, for what is larger than a ripple. */
  readonly softened: Float32Array;
}

/**
 * Excitement = Σ_l w_l · mean(F_l²) / mean(P_l²), with F the picture's activations and P the photo's: the mean squared
 * activations of Mordvintsev, Olah and Tyka, "Inceptionism: Going Deeper into Neural Networks" (2015). Relative to the
 * photo's own, which they are not there, so that one set of weights serves layers and pictures of any loudness.
 * @param photo of the size for which the objective is; its sides must be multiples of the network's reduction
 */
export async function compileDream(
  recipe: Recipe,
  executor: Executor,
  photo: Picture,
): Promise<DreamObjective> {
  const quiet = await meanSquaresOf(recipe, executor, photo);
  const weights: Record<string, Float32Array> = {};
  for (const [layer, weight] of Object.entries(recipe.dreamLayers))
    // Never by zero: to a black picture a layer may not answer at all.
    weights[`${layer}.weight`] = Float32Array.of(weight / ((quiet[layer]?.[0] ?? 0) + 1e-12));
  const program = await executor.compile(dreamGraph(recipe, photo), weights);
  return {
    async evaluate(picture) {
      const { excitement, ...gradients } = await program.run({ picture });
      return { ...gradients, excitement: excitement[0] ?? NaN };
    },
    release: () => program.release(),
  };
}

/** The graph of `compileDream`. */
export function dreamGraph(recipe: Recipe, size: Size): Readonly<Record<keyof Excitement, Tensor>> {
  const picture = op.input('picture', shapeOf(size));
  const excitement = Object.entries(meanSquares(recipe, picture))
    .map(([layer, value]) => op.multiply(op.input(`${layer}.weight`, []), value))
    .reduce(op.add);
  const gradient = gradientOf(excitement, picture);
  return { excitement, gradient, softened: softened(gradient) };
}

function meanSquares(recipe: Recipe, picture: Tensor): Readonly<Record<string, Tensor>> {
  const activations = features(recipe.network, picture, Object.keys(recipe.dreamLayers));
  return Object.fromEntries(
    [...activations].map(([layer, activation]) => {
      const sum = op.sumOfSquares(activation);
      return [layer, op.scale(sum, 1 / sizeOf(activation.shape))];
    }),
  );
}

async function meanSquaresOf(
  recipe: Recipe,
  executor: Executor,
  photo: Picture,
): Promise<Readonly<Record<string, Float32Array>>> {
  const picture = op.input('picture', shapeOf(photo));
  const program = await executor.compile(meanSquares(recipe, picture));
  try {
    return await program.run({ picture: photo.data });
  } finally {
    await program.release();
  }
}

/** The mean over blocks of 2×2 pixels, and over the 3×3 pixels around each. */
function softened(x: Tensor): Tensor {
  return op.boxFilter(op.upsample(op.averagePool(x)));
}
