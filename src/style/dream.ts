import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Executor } from '../graph/executor.js';
import { reduction } from '../networks/features.js';
import type { Recipe } from '../networks/recipe.js';
import { borderFor, cropped, mirrored, type Border } from './border.js';
import { costOf, fractionOver } from './cost.js';
import { compileDream } from './dream-objective.js';
import { CHANNELS, type Picture, type Size } from './picture.js';
import { resample } from './resample.js';
import { octaves, type Quality, type Watched } from './schedule.js';
import type { Palette } from './stylize.js';

/*
 * Deep Dream (Mordvintsev, Olah and Tyka, "Inceptionism", 2015): whatever a network believes to see in a photo is drawn
 * out, until everybody sees it.
 */

export interface DreamOptions {
  /** The photo, at the size that the result shall have. */
  readonly content: Picture;
  /** How deep the dream is: from 0 (the photo) to 100. */
  readonly strength: number;
  /** The size of what is dreamed, in percent of what the network sees in a photo of this size. */
  readonly patternScale: number;
  readonly colors: Palette;
  readonly quality: Quality;
  /** Chooses how the picture is moved about. The same seed and photo give the same result on the same machine. */
  readonly seed: number;
  readonly onProgress?: (progress: Watched) => void;
  /** Ends the work between two iterations by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is looked at before each octave: the photo. */
const LOOKS = 1;
/** By how much a pixel moves in one octave of the deepest dream, on average, if it always moves the same way. */
const DEPTH = 0.16;
/**
 * How much of a step's color there is, next to its lightness. All of it is a rainbow that has nothing to do with the
 * photo, since the network minds colors little; none keeps the photo's own.
 */
const SATURATION: Readonly<Record<Palette, number>> = { paint: 0.25, keep: 0 };
/**
 * How much of a step follows the gradient as it is, and not softened. All of it is fine ripples nearly everywhere, since
 * they excite the network most; none of it is blurred.
 */
const RIPPLE = 0.25;
/**
 * How far the picture is moved at most before a step, in pixels and in every direction: together the size of the blocks
 * that the deepest layer sees, so that their borders are nowhere twice. Less than the border's width.
 */
const JITTER = 8;

/**
 * The photo as the network would see it in a dream: gradient ascent on the pixels, from octave to octave. Each begins
 * with the photo at its size, and on it what the one before has added, so that no octave loses the photo's detail.
 */
export async function dream(
  recipe: Recipe,
  executor: Executor,
  { content, strength, patternScale, colors, quality, seed, onProgress, signal }: DreamOptions,
): Promise<Picture> {
  if (strength === 0) return content;
  const scales = octaves(content, patternScale, quality);
  const fractionAt = fractionOver(scales, LOOKS);
  const unit = reduction(recipe.network, Object.keys(recipe.dreamLayers));
  const random = xoroshiro128plus(seed);
  const jitter = () => uniformInt(random, -JITTER, JITTER);
  let added = black(content);

  for (const [index, octave] of scales.entries()) {
    signal?.throwIfAborted();
    const rate = (DEPTH * octave.depth * (strength / 100)) / octave.iterations;
    const photo = resample(content, octave);
    const border = borderFor(octave, unit);
    const objective = await compileDream(recipe, executor, mirrored(photo, border));
    try {
      let picture = sum(photo, resample(added, octave));
      for (let iteration = 1; iteration <= octave.iterations; iteration++) {
        signal?.throwIfAborted();
        const around = moved(border, jitter(), jitter());
        const outer = mirrored(picture, around);
        const { gradient, softened } = await objective.evaluate(outer.data);
        for (const [data, share] of [
          [gradient, RIPPLE],
          [softened, 1 - RIPPLE],
        ] as const) {
          const inner = cropped({ ...outer, data }, around);
          picture = ascended(picture, muted(inner, SATURATION[colors]), share * rate);
        }
        const now = picture;
        onProgress?.({
          picture: () => now,
          scale: index + 1,
          scales: scales.length,
          iteration,
          iterations: octave.iterations,
          fraction: fractionAt(index, iteration),
        });
      }
      added = { ...octave, data: picture.data.map((value, i) => value - (photo.data[i] ?? 0)) };
    } finally {
      await objective.release();
    }
  }
  return sum(content, resample(added, content));
}

/** How much longer a step of a dream takes than one of a painting: deep layers count in all octaves. */
const STEP = 2;

/** What it takes to dream of a photo of that size; see cost.ts. */
export function costOfDream(
  content: Size,
  { quality, patternScale }: Pick<DreamOptions, 'quality' | 'patternScale'>,
): number {
  return STEP * costOf(octaves(content, patternScale, quality), LOOKS);
}

/** The same border, with the picture moved within it. */
function moved({ left, right, top, bottom }: Border, x: number, y: number): Border {
  return { left: left + x, right: right - x, top: top + y, bottom: bottom - y };
}

function black({ width, height }: Size): Picture {
  return { width, height, data: new Float32Array(CHANNELS * width * height) };
}

/** Both pictures' values together, within 0..1. */
function sum(one: Picture, other: Picture): Picture {
  return { ...one, data: one.data.map((value, i) => clamped(value + (other.data[i] ?? 0))) };
}

/** A step along the gradient, by which pixels move by `rate` on average, whatever unit the gradient has. */
function ascended(picture: Picture, { data: gradient }: Picture, rate: number): Picture {
  const mean = gradient.reduce((total, g) => total + Math.abs(g), 0) / gradient.length;
  const factor = rate / (mean + Number.MIN_VALUE);
  return {
    ...picture,
    data: picture.data.map((value, i) => clamped(value + factor * (gradient[i] ?? 0))),
  };
}

/** With that much of its saturation: 0 is gray, 1 is what it was. */
function muted(picture: Picture, saturation: number): Picture {
  const pixels = picture.width * picture.height;
  const data = new Float32Array(picture.data.length);
  for (let p = 0; p < pixels; p++) {
    let gray = 0;
    for (let i = p; i < data.length; i += pixels) gray += (picture.data[i] ?? 0) / CHANNELS;
    for (let i = p; i < data.length; i += pixels)
      data[i] = gray + saturation * ((picture.data[i] ?? 0) - gray);
  }
  return { ...picture, data };
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
