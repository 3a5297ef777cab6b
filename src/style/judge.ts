import type { Executor, Values } from '../graph/executor.js';
import { input } from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { trainedFeatures } from '../networks/classifier.js';
import type { Network } from '../networks/network.js';
import { loadMobileNetV2 } from '../networks/nsfwjs.js';
import { gramMatrix } from './losses.js';
import type { ByLayer } from './targets.js';
import { shapeOf, type Picture, type Size } from './picture.js';
import { resample } from './resample.js';

/*
 * A second opinion on a picture, by a network (MobileNetV2) that is in no loss and so was not flattered: how much of the
 * photo is left in it, and how far it is from a painting's style. What the painting network says of its own work is worth little:
 * the optimizer finds the changes that it does not see.
 */

/** What the judge sees, in pixels. */
const JUDGED = { width: 224, height: 224 };

/** Layers after an expansion, from blocks of 4 to blocks of 16 pixels: edges, textures, parts of things. */
const CONTENT_LAYERS = [
  'block_3_expand_relu',
  'block_6_expand_relu',
  'block_10_expand_relu',
  'block_13_expand_relu',
] as const;

/** The same, and two that see finer things. */
const STYLE_LAYERS = ['Conv1_relu', 'block_1_expand_relu', ...CONTENT_LAYERS] as const;

/** What the judge saw in a picture, by layer. */
export interface Impression {
  /** Activations, every channel less its mean. */
  readonly content: ByLayer;
  /** Gram matrices. */
  readonly style: ByLayer;
}

/** Looks at a picture of any size. */
export type Look = (picture: Picture) => Promise<Impression>;

/** A picture as the judge sees it. To mix two of these is to see the mixture of the two pictures, since resampling is linear. */
export function asJudged(picture: Picture): Picture {
  return resample(picture, JUDGED);
}

/**
 * The judge. Every picture is seen as a square of 224 pixels, as the network was trained to, so one program is enough; it
 * is compiled at the first look.
 * @param load the network, called at the first look
 */
export function judgeOn(executor: Executor, load: () => Promise<Network> = loadMobileNetV2): Look {
  const open = async () => {
    const outputs = impressionGraph(await load(), JUDGED);
    return { outputs, program: await executor.compile(outputs) };
  };
  let opening: ReturnType<typeof open> | undefined;
  const look: Look = async (picture) => {
    const { outputs, program } = await (opening ??= open());
    const values = await program.run({ picture: asJudged(picture).data });
    return impressionOf(outputs, values);
  };
  // The photo and what came of it are asked about again and again.
  const seen = new WeakMap<Picture, Promise<Impression>>();
  return (picture) => {
    const known = seen.get(picture) ?? look(picture);
    seen.set(picture, known);
    return known;
  };
}

/** The graph of what the judge sees in a picture of that size; `impressionOf` puts its values in order. */
export function impressionGraph(network: Network, size: Size): Readonly<Record<string, Tensor>> {
  const seen = trainedFeatures(network, input('picture', shapeOf(size)), STYLE_LAYERS);
  const outputs: Record<string, Tensor> = {};
  for (const [layer, activation] of seen) outputs[`style.${layer}`] = gramMatrix(activation);
  for (const layer of CONTENT_LAYERS) {
    const activation = seen.get(layer);
    if (activation) outputs[`content.${layer}`] = activation;
  }
  return outputs;
}

export function impressionOf(
  outputs: Readonly<Record<string, Tensor>>,
  values: Values,
): Impression {
  const content = new Map<string, Float32Array>();
  const style = new Map<string, Float32Array>();
  for (const [name, { shape }] of Object.entries(outputs)) {
    const value = values[name] ?? new Float32Array();
    if (name.startsWith('style.')) style.set(name, value);
    else content.set(name, centered(value, shape[1] ?? 1));
  }
  return { content, style };
}

/**
 * How much of one picture is to be seen in another: the correlation of what the judge sees where, 1 for the same picture and about
 * 0 for two that have nothing to do with each other. Channel means are left out of it, since they say what is in a
 * picture (its palette, its brushwork) and not where; mean over the layers.
 */
export function likeness(a: Impression, b: Impression): number {
  return meanOver(
    a.content,
    b.content,
    (x, y) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y) + TINY),
  );
}

/**
 * How far a picture is from a painting's style: ‖G - A‖ / ‖A‖ with the Frobenius norm, G and A being their Gram matrices;
 * mean over the layers. 0 is the painting itself.
 */
export function styleDistance(picture: Impression, painting: Impression): number {
  return meanOver(picture.style, painting.style, (g, a) => {
    const difference = g.map((value, i) => value - (a[i] ?? NaN));
    return Math.sqrt(dot(difference, difference) / (dot(a, a) + TINY));
  });
}

/** Keeps a picture without anything in it from a division by zero. */
const TINY = 1e-12;

function meanOver(
  a: ByLayer,
  b: ByLayer,
  measure: (a: Float32Array, b: Float32Array) => number,
): number {
  const values = [...a].map(([layer, value]) => measure(value, b.get(layer) ?? new Float32Array()));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? NaN);
  return sum;
}

function centered(values: Float32Array, channels: number): Float32Array {
  const positions = values.length / channels;
  const result = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += positions) {
    let sum = 0;
    for (let i = start; i < start + positions; i++) sum += values[i] ?? 0;
    const mean = sum / positions;
    for (let i = start; i < start + positions; i++) result[i] = (values[i] ?? 0) - mean;
  }
  return result;
}
