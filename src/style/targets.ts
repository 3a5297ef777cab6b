import type { Executor, Program, Values } from '../graph/executor.js';
import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { features } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import { adain, channelMoments } from './adain.js';
import { gramMatrix, totalVariation } from './losses.js';
import { shapeOf, type Picture } from './picture.js';

/** Values by layer. */
export type ByLayer = ReadonlyMap<string, Float32Array>;

/** What a painting, or a mixture of several, asks of a picture. */
export interface Manner {
  /** The Gram matrix at every style layer. */
  readonly grams: ByLayer;
  /** The moments of every channel at every content layer; see adain.ts. */
  readonly moments: ByLayer;
  /** The painting's own total variation. */
  readonly roughness: number;
}

/**
 * The manner of a painting in tiles of one size, whose sides must be multiples of the network's reduction. It is all
 * means over positions, so the mean over the tiles is the whole painting's; and no more memory is needed than for one tile,
 * if each is made when it is asked for.
 */
export async function mannerOf(
  { network, styleLayers, contentLayers }: Recipe,
  executor: Executor,
  tiles: Iterable<Picture>,
): Promise<Manner> {
  const [style, content] = [Object.keys(styleLayers), Object.keys(contentLayers)];
  const seen = seenIn(executor, tiles, (picture) => {
    const activations = features(network, picture, [...style, ...content]);
    return [
      ...made('gram', activations, style, gramMatrix),
      ...made('moments', activations, content, channelMoments),
      ['roughness', totalVariation(picture)],
    ];
  });
  let mean: Manner | undefined;
  let count = 0;
  for await (const values of seen) {
    const manner = {
      grams: named('gram', values, style),
      moments: named('moments', values, content),
      roughness: values.roughness?.[0] ?? NaN,
    };
    count++;
    mean =
      mean === undefined
        ? manner
        : mixedManner([
            { manner: mean, weight: 1 - 1 / count },
            { manner, weight: 1 / count },
          ]);
  }
  if (mean === undefined) throw new Error('a painting without tiles');
  return mean;
}

/** The mean of several manners, whose weights sum to 1. */
export function mixedManner(
  parts: readonly { readonly manner: Manner; readonly weight: number }[],
): Manner {
  const mixed = (of: 'grams' | 'moments') =>
    weightedSum(parts.map(({ manner, weight }) => ({ values: manner[of], weight })));
  const roughness = parts.reduce((sum, { manner, weight }) => sum + weight * manner.roughness, 0);
  return { grams: mixed('grams'), moments: mixed('moments'), roughness };
}

/**
 * What the content layers are to see in each tile of a photo, all of one size: what they see in the photo, in a
 * painting's contrasts.
 * @param painting the moments of that painting
 */
export async function contentOf(
  { network, contentLayers }: Recipe,
  executor: Executor,
  tiles: readonly Picture[],
  painting: ByLayer,
): Promise<readonly ByLayer[]> {
  const layers = Object.keys(contentLayers);
  const looks = seenIn(executor, tiles, (picture) => {
    const activations = features(network, picture, layers);
    return [
      ...made('activation', activations, layers, (activation) => activation),
      ...made('moments', activations, layers, channelMoments),
    ];
  });
  const seen: Values[] = [];
  for await (const values of looks) seen.push(values);
  const photo = weightedSum(
    seen.map((values) => ({ values: named('moments', values, layers), weight: 1 / seen.length })),
  );
  return seen.map((values) => {
    const activations = [...named('activation', values, layers)];
    const moved = activations.map(
      ([layer, activation]) =>
        [layer, adain(activation, valuesAt(photo, layer), valuesAt(painting, layer))] as const,
    );
    return new Map(moved);
  });
}

/** What is made of the activations of some layers, by `name.layer`. */
function made(
  name: string,
  activations: ReadonlyMap<string, Tensor>,
  layers: readonly string[],
  of: (activation: Tensor) => Tensor,
): readonly (readonly [string, Tensor])[] {
  return [...activations].flatMap(([layer, activation]) =>
    layers.includes(layer) ? [[`${name}.${layer}`, of(activation)] as const] : [],
  );
}

function named(name: string, values: Values, layers: readonly string[]): ByLayer {
  return new Map(layers.map((layer) => [layer, values[`${name}.${layer}`] ?? new Float32Array()]));
}

/** What a graph makes of each of some tiles of one size, by one program. */
async function* seenIn(
  executor: Executor,
  tiles: Iterable<Picture>,
  graph: (picture: Tensor) => readonly (readonly [string, Tensor])[],
): AsyncGenerator<Values> {
  let program: Program | undefined;
  try {
    for (const tile of tiles) {
      program ??= await executor.compile(
        Object.fromEntries(graph(op.input('picture', shapeOf(tile)))),
      );
      yield await program.run({ picture: tile.data });
    }
  } finally {
    await program?.release();
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
