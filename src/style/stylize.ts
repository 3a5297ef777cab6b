import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { Executor } from '../graph/executor.js';
import type { Box } from '../networks/detections.js';
import { reduction } from '../networks/features.js';
import { adam } from './adam.js';
import { borderFor, cropped, mirrored } from './border.js';
import { faceMask } from './faces.js';
import { grayscale, withColorsOf } from './luminance.js';
import {
  compileObjective,
  contentOf,
  type ContentWeights,
  type Losses,
  type Targets,
} from './objective.js';
import { blendedGrams, tileCount, type Style } from './paintings.js';
import type { Picture, Size } from './picture.js';
import type { ContentWeight, Recipe } from '../networks/recipe.js';
import { colorStatistics, mixStatistics, recolored } from './recolor.js';
import { resample } from './resample.js';
import { costOf, pyramid, type Progress, type Quality } from './schedule.js';

/** Whose colors a picture has: the painting's, or still the photo's. */
export const palettes = ['paint', 'keep'] as const;
export type Palette = (typeof palettes)[number];

export interface StylizeOptions {
  /** The photo, at the size that the painted picture shall have. */
  readonly content: Picture;
  /** The paintings, at least one, with weights relative to each other. */
  readonly styles: readonly Style[];
  /** 0 (the photo) to 100 (all painting); 50 is balanced. */
  readonly strength: number;
  /** How large the brushwork is, in percent of its size if the painting is as large as the photo. */
  readonly styleScale: number;
  readonly colors: Palette;
  readonly quality: Quality;
  /** Where people's faces are in the photo; they keep more of it than the rest. */
  readonly faces: readonly Box[];
  /** Chooses the grain of the start. The same seed and pictures give the same result on the same machine. */
  readonly seed: number;
  readonly onProgress?: (progress: PaintingProgress) => void;
  /** Ends the work between two iterations by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface PaintingProgress extends Progress {
  readonly losses: Losses;
}

/** A little grain gives the strokes something to grow from in flat parts, such as a clear sky. */
const GRAIN = 0.04;

/**
 * The strength from which the paint covers the photo. Below, it is laid on thinner instead of closer to the photo: with
 * more content weight the loss falls fastest by what the content layers do not see, which is colored confetti.
 */
export const OPAQUE = 50;

/** Paints the content in the manner of the styles, as a glaze through which the photo shows at strengths below 50. */
export async function stylize(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, strength } = options;
  if (strength === 0) return content;
  return glazed(content, await painted(recipe, executor, options), strength);
}

/**
 * The photo in paint that covers it: below strength 50 it is the same as at 50. If it keeps its colors, it is painted in
 * gray, after gray paintings made as light and as rich in contrast as the photo, and colored again (see luminance.ts).
 */
export async function painted(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, colors } = options;
  const styles = normalized(options.styles);
  if (colors === 'paint') return descended(recipe, executor, { ...options, styles });
  const gray = grayscale(content);
  const lightness = colorStatistics(gray);
  const paint = await descended(recipe, executor, {
    ...options,
    content: gray,
    styles: styles.map(({ picture, weight }) => ({
      picture: recolored(grayscale(picture), lightness),
      weight,
    })),
  });
  return withColorsOf(content, paint);
}

/**
 * Gradient descent on the pixels (Gatys et al. 2015), coarse to fine. Begins with the photo recolored to the paintings'
 * palette, which reaches a lower style loss than the photo or noise.
 */
async function descended(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, styles, strength, styleScale, faces, quality, seed, onProgress, signal } =
    options;
  const scales = pyramid(content, quality);
  const looks = looksAt(styles.length, styleScale);
  const cost = costOf(scales, looks);
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
      grams: await blendedGrams(recipe, executor, styles, scale, styleScale, unit),
      content: await contentOf(recipe, executor, photo),
    };
    spent += scale.width * scale.height * looks;
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

/** What it takes to paint a photo of that size, in pixels × iterations. */
export function costOfPainting(
  content: Size,
  {
    quality,
    styles,
    styleScale,
  }: Pick<StylizeOptions, 'quality' | 'styleScale'> & { readonly styles: number },
): number {
  return costOf(pyramid(content, quality), looksAt(styles, styleScale));
}

/** At how many pictures of its own size a painted picture's painter looks: the photo and the paintings, tile by tile. */
function looksAt(styles: number, styleScale: number): number {
  return 1 + styles * tileCount(styleScale);
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

/**
 * The photo under the paint of `painted`, as thick as the strength says. In sRGB values, whose steps look alike, so that
 * half is half to the eye.
 */
export function glazed(photo: Picture, paint: Picture, strength: number): Picture {
  const opacity = Math.min(1, strength / OPAQUE);
  const data = paint.data.map((value, i) => (1 - opacity) * (photo.data[i] ?? 0) + opacity * value);
  return { ...paint, data };
}

function unitOf({ network, styleLayers, contentLayers }: Recipe): number {
  return reduction(network, [...Object.keys(styleLayers), ...Object.keys(contentLayers)]);
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
