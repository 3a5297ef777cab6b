import type { Executor, Values } from '../graph/executor.js';
import { gradientOf } from '../graph/gradient.js';
import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { features, reduction } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import {
  contentLoss,
  gramMatrix,
  maskedContentLoss,
  styleLoss,
  styleWeights,
  totalVariation,
  variationWeight,
} from './losses.js';
import { shapeOf, type Picture, type Size } from './picture.js';
import { contentOf, valuesAt, weightedSum, type ByLayer, type Manner } from './targets.js';
import { cut, paste, tilesOf, type Tile } from './tiles.js';

/** The losses of one iteration, weighted: what they add to the total. */
export interface Losses {
  readonly style: number;
  readonly content: number;
  readonly variation: number;
}

/** How much the content counts, in units of the recipe's weights: elsewhere, and in people's faces. */
export interface ContentFactors {
  readonly elsewhere: number;
  readonly inFaces: number;
}

/** How much of a face is at every position of a grid of this size laid over the whole picture: 0..1, row by row. */
export type FaceMask = (grid: Size) => Float32Array;

/** The loss and its gradient with respect to the picture, for one size. */
export interface Objective {
  evaluate(
    picture: Float32Array,
    content: ContentFactors,
  ): Promise<Losses & { readonly gradient: Float32Array }>;
  release(): Promise<void>;
}

/**
 * Total = Σ_l w_l · Σ W_l·|G_l - A_l| / Σ W_l·|A_l|  +  f · Σ_m w_m · Σ(F_m - C_m)² / ΣC_m²  +  v · V / V_A,
 * over the style layers l and the content layers m, where C_m is what the photo is at m, in the painting's contrasts
 * (adain.ts), and V and V_A are the total variations of the picture and of the painting.
 *
 * Each part is relative to its target's own size, so one set of weights serves every picture and every layer. In faces,
 * where a mask says that there are any, the content's factor f is another.
 *
 * A picture too large to be computed at once is seen in tiles. Its Gram matrix is the mean of theirs, and each tile
 * gets the gradient of the whole picture's loss: its own part of the mean moves, and the rest is what the others had
 * at the iteration before.
 * @param photo whose sides are multiples of the network's reduction
 * @param manner what the paintings ask of the picture
 */
export async function compileObjective(
  recipe: Recipe,
  executor: Executor,
  photo: Picture,
  { grams, moments, roughness }: Manner,
  faces?: FaceMask,
): Promise<Objective> {
  const layers = [...Object.keys(recipe.styleLayers), ...Object.keys(recipe.contentLayers)];
  const tiles = tilesOf(photo, reduction(recipe.network, layers));
  const size = tiles[0]?.whole ?? photo;
  const contents = await contentOf(
    recipe,
    executor,
    tiles.map(({ whole }) => ({ ...size, data: cut(photo.data, photo, whole) })),
    moments,
  );
  const shared = {
    'variation.weight': scalar(variationWeight(recipe.variation, roughness)),
    ...styleInputs(recipe, grams),
    ...contentWeights(recipe, contents),
  };
  const ofTiles = tiles.map((tile, i) => ({
    ...prefixed('content', contents[i] ?? new Map(), 'target'),
    ...faceInputs(recipe, photo, tile, faces),
  }));
  const graph = objectiveGraph(recipe, size, {
    hasFaces: faces !== undefined,
    tiles: tiles.length,
  });
  const [only] = ofTiles;
  const isWhole = tiles.length === 1;
  const program = await executor.compile(graph, { ...shared, ...(isWhole && only) });
  const weighted = (picture: Float32Array, { elsewhere, inFaces }: ContentFactors): Values => ({
    picture,
    'content.elsewhere': scalar(elsewhere),
    ...(faces && { 'content.inFaces': scalar(inFaces) }),
  });
  const release = () => program.release();
  if (isWhole)
    return {
      async evaluate(picture, content) {
        const { gradient, ...losses } = await program.run(weighted(picture, content));
        return { gradient, ...lossesIn(losses) };
      },
      release,
    };

  /** What the Gram matrices of all tiles were last. */
  let last: readonly ByLayer[] | undefined;
  const gramsIn = (outputs: Values): ByLayer =>
    new Map(
      Object.keys(recipe.styleLayers).map((layer) => [layer, outputs[gramOf(layer)] ?? EMPTY]),
    );
  const nothing = new Map(
    [...grams].map(([layer, gram]) => [layer, new Float32Array(gram.length)]),
  );
  const run = (
    picture: Float32Array,
    tile: Tile,
    i: number,
    content: ContentFactors,
    rest: ByLayer,
  ) =>
    program.run({
      ...weighted(cut(picture, photo, tile.whole), content),
      ...ofTiles[i],
      ...prefixed('style', rest, 'rest'),
    });
  return {
    async evaluate(picture, content) {
      if (last === undefined) {
        const first = [];
        for (const [i, tile] of tiles.entries())
          first.push(gramsIn(await run(picture, tile, i, content, nothing)));
        last = first;
      }
      const share = 1 / tiles.length;
      const parts = last.map((values) => ({ values, weight: share }));
      const now = [];
      const gradient = new Float32Array(picture.length);
      const sum = { style: 0, content: 0, variation: 0 };
      for (const [i, tile] of tiles.entries()) {
        const rest = weightedSum(parts.filter((_, other) => other !== i));
        const { gradient: ofTile, ...outputs } = await run(picture, tile, i, content, rest);
        paste(gradient, photo, ofTile, tile);
        now.push(gramsIn(outputs));
        const losses = lossesIn(outputs);
        sum.style += share * losses.style; // each tile tells the whole picture's
        sum.content += losses.content;
        sum.variation += losses.variation;
      }
      last = now;
      return { ...sum, gradient };
    },
    release,
  };
}

/** What a graph is built for, beside the network and the size. */
interface Kind {
  readonly hasFaces?: boolean;
  /** Into how many tiles the picture is cut. */
  readonly tiles?: number;
}

/**
 * The graph of `compileObjective`, for one tile: the losses by name, the gradient of their sum, and if there are several
 * tiles the Gram matrices of this one.
 */
export function objectiveGraph(
  recipe: Recipe,
  size: Size,
  { hasFaces = false, tiles = 1 }: Kind = {},
): Readonly<Record<keyof Losses | 'gradient' | `gram.${string}`, Tensor>> {
  const picture = op.input('picture', shapeOf(size));
  const styleLayers = Object.keys(recipe.styleLayers);
  const contentLayers = Object.keys(recipe.contentLayers);
  const activations = features(recipe.network, picture, [...styleLayers, ...contentLayers]);
  const at = (layer: string): Tensor => {
    const activation = activations.get(layer);
    if (activation === undefined) throw new Error(`no activation at ${layer}`);
    return activation;
  };
  const weighted = (name: string, loss: Tensor) =>
    op.multiply(op.input(`${name}.weight`, []), loss);
  const grams = new Map(styleLayers.map((layer) => [layer, gramMatrix(at(layer))]));
  const styles = [...grams].map(([layer, gram]) => {
    const whole =
      tiles === 1
        ? gram
        : op.add(op.scale(gram, 1 / tiles), op.input(`style.${layer}.rest`, gram.shape));
    const target = op.input(`style.${layer}.target`, gram.shape);
    return styleLoss(whole, target, op.input(`style.${layer}.weights`, gram.shape));
  });
  const contents = contentLayers.map((layer) => {
    const activation = at(layer);
    const target = op.input(`content.${layer}.target`, activation.shape);
    const factor = op.input('content.elsewhere', []);
    const everywhere = contentLoss(activation, target);
    if (!hasFaces) return weighted(`content.${layer}`, op.multiply(factor, everywhere));
    const [, , height = 0, width = 0] = activation.shape;
    const faces = op.input(`content.${layer}.faces`, [1, 1, height, width]);
    const inFaces = maskedContentLoss(activation, target, faces);
    const sum = op.add(
      op.multiply(factor, op.subtract(everywhere, inFaces)),
      op.multiply(op.input('content.inFaces', []), inFaces),
    );
    return weighted(`content.${layer}`, sum);
  });
  const losses = {
    style: styles.reduce(op.add),
    content: contents.reduce(op.add),
    variation: weighted('variation', op.scale(totalVariation(picture), 1 / tiles)),
  };
  const total = op.add(op.add(losses.style, losses.content), losses.variation);
  const ofTile = [...grams].map(([layer, gram]) => [gramOf(layer), gram] as const);
  return {
    ...(tiles > 1 && Object.fromEntries(ofTile)),
    ...losses,
    gradient: gradientOf(total, picture),
  };
}

function styleInputs({ styleLayers }: Recipe, grams: ByLayer): Values {
  const inputs: Record<string, Float32Array> = {};
  for (const [layer, weight] of Object.entries(styleLayers)) {
    const target = valuesAt(grams, layer);
    inputs[`style.${layer}.target`] = target;
    inputs[`style.${layer}.weights`] = styleWeights(target).map((share) => weight * share);
  }
  return inputs;
}

/** Relative to the content of the whole photo, in how many tiles it may lie. */
function contentWeights({ contentLayers }: Recipe, contents: readonly ByLayer[]): Values {
  return Object.fromEntries(
    Object.entries(contentLayers).map(([layer, weight]) => {
      const activations = contents.map((content) => valuesAt(content, layer));
      const energy = total(activations, (value) => value ** 2);
      return [`content.${layer}.weight`, scalar(weight / energy)];
    }),
  );
}

function faceInputs(
  { network, contentLayers }: Recipe,
  photo: Size,
  { whole }: Tile,
  faces: FaceMask | undefined,
): Values {
  if (faces === undefined) return {};
  return Object.fromEntries(
    Object.keys(contentLayers).map((layer) => {
      const factor = reduction(network, [layer]);
      const grid = { width: photo.width / factor, height: photo.height / factor };
      const part = {
        left: whole.left / factor,
        top: whole.top / factor,
        width: whole.width / factor,
        height: whole.height / factor,
      };
      return [`content.${layer}.faces`, cut(faces(grid), grid, part)];
    }),
  );
}

function prefixed(first: string, values: ByLayer, last: string): Values {
  return Object.fromEntries(
    [...values].map(([layer, value]) => [`${first}.${layer}.${last}`, value]),
  );
}

function gramOf(layer: string): `gram.${string}` {
  return `gram.${layer}`;
}

function lossesIn(outputs: Values): Losses {
  const value = (name: keyof Losses) => outputs[name]?.[0] ?? NaN;
  return { style: value('style'), content: value('content'), variation: value('variation') };
}

const EMPTY = new Float32Array();

function scalar(value: number): Float32Array {
  return Float32Array.of(value);
}

/** The sum over all values; never zero, so that a black picture has a loss and not a division by zero. */
function total(parts: readonly Float32Array[], of: (value: number) => number): number {
  return parts.reduce((sum, values) => values.reduce((s, value) => s + of(value), sum), 1e-12);
}
