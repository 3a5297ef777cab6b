import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { Executor } from '../graph/executor.js';
import type { Box } from '../networks/detections.js';
import { reduction } from '../networks/features.js';
import { adam } from './adam.js';
import { borderFor, cropped, mirrored } from './border.js';
import { faceMask } from './faces.js';
import {
  compileObjective,
  contentOf,
  gramsOf,
  type ByLayer,
  type ContentWeights,
  type Losses,
  type Targets,
} from './objective.js';
import type { Picture, Size } from './picture.js';
import type { ContentWeight, Recipe } from '../networks/recipe.js';
import { colorStatistics, mixStatistics, recolored } from './recolor.js';
import { resample } from './resample.js';
import { costOf, pyramid, type Scale } from './schedule.js';

export interface StylizeOptions {
  /** The photo, at the size that the painted picture shall have. */
  readonly content: Picture;
  /** The paintings, of any size, at least one, and how much each counts (relative to the others). */
  readonly styles: readonly { readonly picture: Picture; readonly weight: number }[];
  /** 0 (the photo) to 100 (all painting); 50 is balanced. */
  readonly strength: number;
  /** Where people's faces are in the photo; they keep more of it than the rest. */
  readonly faces: readonly Box[];
  /** Chooses the grain of the start. The same seed and pictures give the same result on the same machine. */
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the work between two iterations by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  /** Counted from 1. */
  readonly scale: number;
  readonly scales: number;
  /** Counted from 1, within the scale. */
  readonly iteration: number;
  readonly iterations: number;
  readonly losses: Losses;
  /** 0..1 of the whole picture's arithmetic. */
  readonly fraction: number;
}

/** A little grain gives the strokes something to grow from in flat parts, such as a clear sky. */
const GRAIN = 0.04;

/**
 * The strength from which the paint covers the photo. Below, it is laid on thinner instead of closer to the photo: with
 * more content weight the loss falls fastest by what the content layers do not see, which is colored confetti.
 */
const OPAQUE = 50;

/** Paints the content in the manner of the styles, as a glaze through which the photo shows at strengths below 50. */
export async function stylize(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, strength } = options;
  const styles = normalized(options.styles);
  if (strength === 0) return content;
  const paint = await painted(recipe, executor, { ...options, styles });
  return glazed(content, paint, Math.min(1, strength / OPAQUE));
}

/**
 * Gradient descent on the pixels (Gatys et al. 2015), coarse to fine. Begins with the photo recolored to the paintings'
 * palette, which reaches a lower style loss than the photo or noise.
 */
async function painted(
  recipe: Recipe,
  executor: Executor,
  { content, styles, strength, faces, seed, onProgress, signal }: StylizeOptions,
): Promise<Picture> {
  const scales = pyramid(content);
  const cost = costOf(scales);
  const palette = mixStatistics(
    styles.map(({ picture, weight }) => ({ statistics: colorStatistics(picture), weight })),
  );
  let result = grained(recolored(content, palette), seed);
  let spent = 0;

  for (const [index, scale] of scales.entries()) {
    signal?.throwIfAborted();
    const unit = unitOf(recipe);
    const border = borderFor(scale, unit);
    const photo = mirrored(resample(content, scale), border);
    const targets: Targets = {
      grams: await blendedGrams(recipe, executor, styles, scale),
      content: await contentOf(recipe, executor, photo),
    };
    const objective = await compileObjective(
      recipe,
      executor,
      photo,
      targets,
      contentWeights(recipe, strength),
      faces.length === 0 ? undefined : faceMask(faces, scale, border),
    );
    try {
      const optimizer = adam(mirrored(resample(result, scale), border).data);
      for (let iteration = 1; iteration <= scale.iterations; iteration++) {
        signal?.throwIfAborted();
        const { gradient, ...losses } = await objective.evaluate(optimizer.iterate);
        optimizer.step(gradient);
        spent += scale.width * scale.height;
        onProgress?.({
          scale: index + 1,
          scales: scales.length,
          iteration,
          iterations: scale.iterations,
          losses,
          fraction: spent / cost,
        });
      }
      result = cropped({ ...photo, data: optimizer.average() }, border);
    } finally {
      await objective.release();
    }
  }
  return result;
}

function contentWeights({ contentLayers }: Recipe, strength: number): ContentWeights {
  const exponent = (OPAQUE - Math.max(OPAQUE, strength)) / 25;
  const at = ({ weight, base }: ContentWeight) => weight * base ** exponent;
  return Object.fromEntries(
    Object.entries(contentLayers).map(([layer, { faces, ...elsewhere }]) => [
      layer,
      { weight: at(elsewhere), inFaces: at(faces ?? elsewhere) },
    ]),
  );
}

/** The photo under paint of an opacity 0..1. In sRGB values, whose steps look alike, so that half is half to the eye. */
function glazed(photo: Picture, paint: Picture, opacity: number): Picture {
  const data = paint.data.map((value, i) => (1 - opacity) * (photo.data[i] ?? 0) + opacity * value);
  return { ...paint, data };
}

function unitOf({ network, styleLayers, contentLayers }: Recipe): number {
  return reduction(network, [...Object.keys(styleLayers), ...Object.keys(contentLayers)]);
}

/** The weighted mean of the paintings' Gram matrices, each painting scaled to as many pixels as the photo has. */
async function blendedGrams(
  recipe: Recipe,
  executor: Executor,
  styles: StylizeOptions['styles'],
  scale: Scale,
): Promise<ByLayer> {
  const blend = new Map<string, Float32Array>();
  for (const { picture, weight } of styles) {
    const size = withArea(picture, scale.width * scale.height);
    const painting = mirrored(resample(picture, size), borderFor(size, unitOf(recipe)));
    for (const [layer, gram] of await gramsOf(recipe, executor, painting)) {
      const sofar = blend.get(layer);
      blend.set(
        layer,
        gram.map((value, i) => (sofar?.[i] ?? 0) + weight * value),
      );
    }
  }
  return blend;
}

function withArea({ width, height }: Size, area: number): Size {
  const factor = Math.sqrt(area / (width * height));
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

function normalized(styles: StylizeOptions['styles']): StylizeOptions['styles'] {
  const sum = styles.reduce((total, { weight }) => total + weight, 0);
  if (!(sum > 0)) throw new RangeError('the weights of the styles must sum to more than 0');
  return styles.map(({ picture, weight }) => ({ picture, weight: weight / sum }));
}

function grained(picture: Picture, seed: number): Picture {
  const random = xoroshiro128plus(seed);
  const noise = () => (uniformFloat64(random) - 0.5) * GRAIN;
  return { ...picture, data: picture.data.map((value) => value + noise()) };
}
