import type { Pace } from './adam.js';
import type { Picture, Size } from './picture.js';

/** One scale of the pyramid: how large the picture is there and how many steps it gets. */
export interface Scale extends Size {
  readonly iterations: number;
}

/** A scale of the pyramid, and what the content loss holds on to there: the photo, or what has been painted so far. */
export interface PyramidScale extends Scale {
  readonly guide: 'photo' | 'paint';
  /** How much likeness to the photo comes by itself at the scales after it. */
  readonly toCome: number;
  readonly pace: Pace;
}

/** How much time a picture is given. */
export const qualities = ['draft', 'normal', 'fine'] as const;
export type Quality = (typeof qualities)[number];

/** The way from coarse to fine. */
interface Plan {
  /** How much larger the side of a scale is than that of the one before. */
  readonly growth: number;
  /** The steps at each scale up to 512 pixels. Coarse ones are cheap and decide the composition. */
  readonly iterations: readonly number[];
  /**
   * The steps at each scale beyond, where the picture itself is the guide: the shallow layers that count there would bring
   * back every detail of the photo, and a large picture would be a photo with a rough skin. So the strokes are what they are,
   * and become sharp.
   */
  readonly beyond: number;
  readonly pace: Pace;
  /** By how much likeness grows by itself from one scale to the next: strokes become smaller against the things in the photo. */
  readonly gain: number;
}

/**
 * On six pairs of 512 pixels the judge's style distances at equal likeness were 0.145 with 0.01, 0.143 with 0.015, 0.149 with 0.02;
 * neither 0.03 nor 0.02, each falling to a third, did better.
 */
export const USUAL: Pace = { rate: 0.015, memory: 0.95 };

/**
 * For so few steps that small ones would not get there: a draft is closer to the painting than with twice as many of the usual (docs/engine.md,
 * "Drafts").
 */
const BOLD: Pace = { rate: 0.03, memory: 0.8 };

/** What pictures that are given time have in common. */
const PATIENT = { growth: Math.SQRT2, pace: USUAL, gain: 0.04 } as const;

/**
 * Chosen by what came out after so much time (docs/engine.md, "Which losses"). A draft leaves every second scale out, since to get
 * one ready takes as long as ten of its steps.
 */
const plans: Readonly<Record<Quality, Plan>> = {
  draft: { growth: 2, iterations: [24, 16, 8], beyond: 8, pace: BOLD, gain: 0.052 },
  normal: { ...PATIENT, iterations: [80, 60, 60, 60, 50], beyond: 20 },
  fine: { ...PATIENT, iterations: [160, 120, 120, 120, 100], beyond: 40 },
};

/** The side of the square with as many pixels as the coarsest scale, about: 128×96 has as many as 111². */
const COARSEST = 111;

/**
 * The scales for a picture, coarse to fine, the last one the picture's own size.
 * Sizes are counted by area, so that a panorama has as many scales as a square of equal cost.
 */
export function pyramid({ width, height }: Size, quality: Quality): readonly PyramidScale[] {
  const { growth, iterations, beyond, pace, gain } = plans[quality];
  const side = Math.sqrt(width * height);
  const count = Math.max(1, Math.round(Math.log(side / COARSEST) / Math.log(growth)) + 1);
  const guided = Math.min(count, iterations.length);
  return Array.from({ length: count }, (_, i) => {
    const factor = growth ** (i - count + 1);
    return {
      width: Math.max(1, Math.round(width * factor)),
      height: Math.max(1, Math.round(height * factor)),
      iterations: iterations[i] ?? beyond,
      guide: i < guided ? 'photo' : 'paint',
      toCome: gain * Math.max(0, guided - 1 - i),
      pace,
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
/** The steps in each. */
const OCTAVE_ITERATIONS: Readonly<Record<Quality, number>> = { draft: 4, normal: 12, fine: 24 };
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
  const steps = OCTAVE_ITERATIONS[quality];
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
