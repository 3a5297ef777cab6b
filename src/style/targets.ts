import type { Executor } from '../graph/executor.js';
import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { features } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import { gramMatrix } from './losses.js';
import { shapeOf, type Picture } from './picture.js';

/** Values by layer. */
export type ByLayer = ReadonlyMap<string, Float32Array>;

/**
 * The Gram matrices at every style layer of a painting in tiles of one size, whose sides must be multiples of the
 * network's reduction. A Gram matrix is a mean over positions, so the mean over the tiles is the whole painting's; and
 * no more memory is needed than for one tile.
 */
export async function gramsOf(
  { network, styleLayers }: Recipe,
  executor: Executor,
  tiles: readonly Picture[],
): Promise<ByLayer> {
  const grams = await seenIn(executor, tiles, (picture) =>
    [...features(network, picture, Object.keys(styleLayers))].map(([layer, activation]) => [
      layer,
      gramMatrix(activation),
    ]),
  );
  return weightedSum(grams.map((values) => ({ values, weight: 1 / tiles.length })));
}

/** The activations at every content layer of a photo in tiles of one size, of each. */
export async function contentOf(
  { network, contentLayers }: Recipe,
  executor: Executor,
  tiles: readonly Picture[],
): Promise<readonly ByLayer[]> {
  return seenIn(executor, tiles, (picture) => [
    ...features(network, picture, Object.keys(contentLayers)),
  ]);
}

/** What a graph makes of each of some tiles of one size, by one program. */
async function seenIn(
  executor: Executor,
  tiles: readonly Picture[],
  graph: (picture: Tensor) => readonly (readonly [string, Tensor])[],
): Promise<readonly ByLayer[]> {
  const [first] = tiles;
  if (first === undefined) throw new Error('a picture without tiles');
  const outputs = Object.fromEntries(graph(op.input('picture', shapeOf(first))));
  const program = await executor.compile(outputs);
  try {
    const seen: ByLayer[] = [];
    for (const { data } of tiles)
      seen.push(new Map(Object.entries(await program.run({ picture: data }))));
    return seen;
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

/** @throws Error if there is nothing at that layer */
export function valuesAt(values: ByLayer, layer: string): Float32Array {
  const found = values.get(layer);
  if (found === undefined) throw new Error(`no target for ${layer}`);
  return found;
}
