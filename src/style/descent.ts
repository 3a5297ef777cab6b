import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Executor } from '../graph/executor.js';
import type { Box } from '../networks/detections.js';
import { reduction } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import { adam } from './adam.js';
import { borderFor, cropped, mirrored } from './border.js';
import { attemptsAt, costOfPyramid, progressOver } from './cost.js';
import { faceMask } from './faces.js';
import { likeness, type Look } from './judge.js';
import { compileObjective, type Losses } from './objective.js';
import type { Memory } from './memory.js';
import { blendedManner, tileCount, type Style } from './paintings.js';
import type { Picture, Size } from './picture.js';
import { colorStatistics, mixStatistics, recolored } from './recolor.js';
import { resample } from './resample.js';
import { pyramid, type PyramidScale, type Quality, type Watched } from './schedule.js';
import { corrected, firstFactor, likenessBefore } from './strength.js';

/** What it takes to paint: a network and its layers, a device, and somebody who looks at the result. */
export interface Painter {
  readonly recipe: Recipe;
  readonly executor: Executor;
  readonly look: Look;
  readonly memory: Memory;
}

export interface DescentOptions {
  /** The photo, at the size that the painted picture shall have. */
  readonly content: Picture;
  /** The paintings, at least one. */
  readonly styles: readonly Style[];
  /** How much of the photo the judge is to find in the picture, of 1; if it is not said, the recipe's weights stay. */
  readonly likeness?: number;
  /** How much more the content counts at first than it usually does. */
  readonly contentFactor?: number;
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

export interface PaintingProgress extends Watched {
  readonly losses: Losses;
}

/** A little grain gives the strokes something to grow from in flat parts, such as a clear sky. */
const GRAIN = 0.04;

/**
 * Gradient descent on the pixels (Gatys et al. 2015), coarse to fine. Begins with the photo recolored to the paintings'
 * palette, which reaches a lower style loss than the photo or noise. After every scale the judge looks at what has come
 * of it, and the content counts more or less at the next one; the coarsest, which decides the most and costs the least,
 * is painted again if it is not about right.
 */
export async function descended(painter: Painter, options: DescentOptions): Promise<Picture> {
  const { content, styles, seed, onProgress, signal } = options;
  const scales = pyramid(content, options.quality);
  const palette = mixStatistics(
    styles.map(({ picture, weight }) => ({ statistics: colorStatistics(picture), weight })),
  );
  const progressed = progressOver(scales, looksAt(styles.length, options.styleScale));
  let result = grained(recolored(content, palette), seed);
  const wantedAt = ({ toCome }: PyramidScale) =>
    options.likeness === undefined ? undefined : likenessBefore(options.likeness, toCome);
  const [coarsest] = scales;
  let factor = (options.contentFactor ?? 1) * firstFactor(coarsest && wantedAt(coarsest));
  for (const [index, scale] of scales.entries()) {
    signal?.throwIfAborted();
    const photo = resample(content, scale);
    const seen = await painter.look(photo);
    const wanted = wantedAt(scale);
    const guide = scale.guide === 'photo' ? photo : resample(result, scale);
    const easel = await setUp(painter, options, scale, guide);
    try {
      const start = result;
      for (let attempt = 1; attempt <= attemptsAt(index, scales.length); attempt++) {
        result = await easel.paint(start, factor, (iteration, losses, picture) => {
          const progress = progressed(index, attempt, iteration);
          onProgress?.({ ...progress, losses, picture });
          signal?.throwIfAborted();
        });
        if (wanted === undefined) break;
        const found = likeness(await painter.look(result), seen);
        factor = corrected(factor, found, wanted);
        if (Math.abs(found - wanted) < CLOSE) break;
      }
    } finally {
      await easel.release();
    }
  }
  return result;
}

/** What of the promised likeness may be missing at the coarsest scale. */
const CLOSE = 0.05;

/** A scale that is ready to be painted. */
interface Easel {
  /** The picture after all iterations, from a start of any size. */
  paint(
    start: Picture,
    factor: number,
    onStep: (iteration: number, losses: Losses, picture: () => Picture) => void,
  ): Promise<Picture>;
  release(): Promise<void>;
}

async function setUp(
  { recipe: whole, executor, memory }: Painter,
  { styles, styleScale, faces }: DescentOptions,
  scale: PyramidScale,
  guide: Picture,
): Promise<Easel> {
  const recipe = withCoarseLayers(whole, scale);
  const unit = unitOf(recipe);
  const border = borderFor(scale, unit);
  const objective = await compileObjective(
    recipe,
    executor,
    mirrored(guide, border),
    await blendedManner({ recipe, executor, memory }, styles, scale, styleScale, unit),
    faces.length === 0 ? undefined : faceMask(faces, scale, border),
  );
  return {
    async paint(start, factor, onStep) {
      const { width, height, data } = mirrored(resample(start, scale), border);
      const factors = { elsewhere: factor, inFaces: inFaces(recipe, factor) };
      const optimizer = adam(data, scale.pace);
      const picture = () => cropped({ width, height, data: optimizer.average() }, border);
      for (let iteration = 1; iteration <= scale.iterations; iteration++) {
        const { gradient, ...losses } = await objective.evaluate(optimizer.iterate, factors);
        optimizer.step(gradient);
        onStep(iteration, losses, picture);
      }
      return picture();
    },
    release: () => objective.release(),
  };
}

/**
 * The factor of faces. Where the rest of a photo is given up, its faces are not: theirs falls as the fourth root of the rest's.
 * And where the rest is looked after well, as in small pictures, they are still more so: at 144 pixels and strength 50 what
 * a face loses of its likeness is .56 and .76 of what it loses without care, and .85 and .92 without this.
 */
function inFaces({ faces }: Recipe, factor: number): number {
  return faces * Math.max(factor ** (1 / 4), factor / 2);
}

/** What it takes to paint a photo of that size; see cost.ts. */
export function costOfPainting(
  content: Size,
  {
    quality,
    styles,
    styleScale,
  }: Pick<DescentOptions, 'quality' | 'styleScale'> & { readonly styles: number },
): number {
  return costOfPyramid(pyramid(content, quality), looksAt(styles, styleScale));
}

/** At how many pictures of its own size a painted picture's painter looks: the photo and the paintings, tile by tile. */
function looksAt(styles: number, styleScale: number): number {
  return 1 + styles * tileCount(styleScale);
}

/** At fine scales, the layers that see large things have done their work. */
function withCoarseLayers(recipe: Recipe, { width, height }: Size): Recipe {
  const side = Math.sqrt(width * height);
  const counting = Object.entries(recipe.coarseStyleLayers).filter(([, { upTo }]) => side <= upTo);
  const coarse = Object.fromEntries(counting.map(([layer, { weight }]) => [layer, weight]));
  return { ...recipe, styleLayers: { ...recipe.styleLayers, ...coarse } };
}

function unitOf({ network, styleLayers, contentLayers }: Recipe): number {
  return reduction(network, [...Object.keys(styleLayers), ...Object.keys(contentLayers)]);
}

function grained(picture: Picture, seed: number): Picture {
  const random = xoroshiro128plus(seed);
  const noise = () => (uniformFloat64(random) - 0.5) * GRAIN;
  return { ...picture, data: picture.data.map((value) => value + noise()) };
}
