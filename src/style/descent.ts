import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Executor } from '../graph/executor.js';
import type { Box } from '../networks/detections.js';
import { reduction } from '../networks/features.js';
import type { ContentWeight, Recipe } from '../networks/recipe.js';
import { adam } from './adam.js';
import { borderFor, cropped, mirrored } from './border.js';
import { faceMask } from './faces.js';
import {
  compileObjective,
  contentOf,
  type ContentWeights,
  type Losses,
  type Targets,
} from './objective.js';
import { blendedGrams, tileCount, type Style } from './paintings.js';
import type { Picture, Size } from './picture.js';
import { colorStatistics, mixStatistics, recolored } from './recolor.js';
import { resample } from './resample.js';
import { costOf, pyramid, type Progress, type Quality } from './schedule.js';

export interface DescentOptions {
  /** The photo, at the size that the painted picture shall have. */
  readonly content: Picture;
  /** The paintings, at least one. */
  readonly styles: readonly Style[];
  /** Up to 50 (balanced, opaque) it makes no difference; 100 is all painting. */
  readonly strength: number;
  /** How large the brushwork is, in percent of its size if the painting is as large as the photo. */
  readonly styleScale: number;
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

/**
 * Gradient descent on the pixels (Gatys et al. 2015), coarse to fine. Begins with the photo recolored to the paintings'
 * palette, which reaches a lower style loss than the photo or noise.
 */
export async function descended(
  recipe: Recipe,
  executor: Executor,
  {
    content,
    styles,
    strength,
    styleScale,
    faces,
    quality,
    seed,
    onProgress,
    signal,
  }: DescentOptions,
): Promise<Picture> {
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
  }: Pick<DescentOptions, 'quality' | 'styleScale'> & { readonly styles: number },
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

function unitOf({ network, styleLayers, contentLayers }: Recipe): number {
  return reduction(network, [...Object.keys(styleLayers), ...Object.keys(contentLayers)]);
}

function grained(picture: Picture, seed: number): Picture {
  const random = xoroshiro128plus(seed);
  const noise = () => (uniformFloat64(random) - 0.5) * GRAIN;
  return { ...picture, data: picture.data.map((value) => value + noise()) };
}
