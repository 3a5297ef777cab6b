import type { Picture, Size } from './picture.js';

/** One scale of the pyramid: how large the picture is there and how many steps it gets. */
export interface Scale extends Size {
  readonly iterations: number;
}

/** A scale of the pyramid, and what the content loss holds on to there: the photo, or what has been painted so far. */
export interface PyramidScale extends Scale {
  readonly guide: 'photo' | 'paint';
}

/** How much time a picture is given. */
export const qualities = ['draft', 'normal', 'fine'] as const;
export type Quality = (typeof qualities)[number];

/** By what factor the steps are more than those of `normal`. */
const patience: Readonly<Record<Quality, number>> = { draft: 0.3, normal: 1, fine: 2 };

/** The side of the square with as many pixels as the coarsest scale: 128×96 has as many as 111². */
const COARSEST = 111;

/** Coarse scales are cheap and decide the composition; fine ones only add what fits between the strokes. */
const ITERATIONS = [80, 60, 60, 60, 50];
/**
 * Beyond 512 pixels, the picture itself is the guide: the shallow layers that count there would bring back every detail of the
 * photo, and a large picture would be a photo with a rough skin. So the strokes are what they are, and become sharp.
 */
const FINEST_ITERATIONS = 20;

/**
 * The scales for a picture, coarse to fine, each √2 larger than the one before and the last the picture's own size.
 * Sizes are counted by area, so that a panorama has as many scales as a square of equal cost.
 */
export function pyramid({ width, height }: Size, quality: Quality): readonly PyramidScale[] {
  const side = Math.sqrt(width * height);
  const count = Math.max(1, Math.round(2 * Math.log2(side / COARSEST)) + 1);
  return Array.from({ length: count }, (_, i) => {
    const factor = Math.SQRT2 ** (i - count + 1);
    return {
      width: Math.max(1, Math.round(width * factor)),
      height: Math.max(1, Math.round(height * factor)),
      iterations: Math.round((ITERATIONS[i] ?? FINEST_ITERATIONS) * patience[quality]),
      guide: i < ITERATIONS.length ? 'photo' : 'paint',
    };
  });
}

/** One octave of a dream. */
export interface Octave extends Scale {
  /** For how many octaves it stands: those that would be no larger or smaller than it are dreamed together with it. */
  readonly depth: number;
}

/** The four octaves of Mordvintsev et al., each 1.4 times as large as the one before. */
const OCTAVES = 4;
const OCTAVE_RATIO = 1.4;
const OCTAVE_ITERATIONS = 12;
/** The side of the square with as many pixels as the smallest octave: what the network sees there fills it already. */
const SMALLEST_OCTAVE = 64;

/**
 * The octaves for a photo, coarse to fine. A network sees things of certain sizes in pixels, so in a picture half as
 * large it sees things twice as large; at scale 200 the finest octave is therefore half as large as the photo. None is
 * larger than the photo: below scale 100 what can be dreamed smaller is, and the rest in more steps at full size.
 */
export function octaves(photo: Size, patternScale: number, quality: Quality): readonly Octave[] {
  const { width, height } = photo;
  const least = Math.min(1, SMALLEST_OCTAVE / Math.sqrt(width * height));
  const steps = Math.round(OCTAVE_ITERATIONS * patience[quality]);
  const result: Octave[] = [];
  for (let i = OCTAVES - 1; i >= 0; i--) {
    const factor = Math.max(least, Math.min(1, 100 / patternScale / OCTAVE_RATIO ** i));
    const size = { width: Math.round(width * factor), height: Math.round(height * factor) };
    const last = result.at(-1);
    const depth = last?.width === size.width && last.height === size.height ? last.depth + 1 : 1;
    if (depth > 1) result.pop();
    result.push({ ...size, iterations: steps * depth, depth });
  }
  return result;
}

/** How far the work on a picture has come. */
export interface Progress {
  /** Counted from 1. */
  readonly scale: number;
  readonly scales: number;
  /** Counted from 1, within the scale. */
  readonly iteration: number;
  readonly iterations: number;
  /** 0..1 of the whole picture's arithmetic. */
  readonly fraction: number;
}

/** The same, for somebody who watches. */
export interface Watched extends Progress {
  /** What the picture looks like at this moment; computed when it is asked for. */
  readonly picture: () => Picture;
}
