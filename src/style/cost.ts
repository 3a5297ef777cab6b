import { outerArea } from './border.js';
import type { Size } from './picture.js';
import type { Progress, Scale } from './schedule.js';

/*
 * What pictures cost: the unit in which jobs are compared, waits are foretold and progress is measured. It is what one pixel of
 * a painting takes in one step, which is about the same on every scale if what does not grow with the picture is counted, too.
 */

/**
 * What a step takes beside its pixels, in pixels: coarse scales have more layers, and Gram matrices are as large for small
 * pictures. On two cores a step of a 512-pixel picture takes 32, 31, 40, 58 and 108 ms from scale to scale, for 23, 38, 67, 123
 * and 232 thousand pixels with their border: 0.47 µs for each of them and of these.
 */
const STEP = 20_000;
/** What it takes to get a scale ready, in pixels: 0.3 to 0.9 s there, in which graphs are translated and given weights. */
const SETUP = 1_000_000;

/**
 * What scales cost.
 * @param looks how many pictures as large as the photo are looked at before the first step of each scale. To look is
 * the network's way forward only, but made ready for one use: about as long as one step takes.
 */
export function costOf(scales: readonly Scale[], looks: number): number {
  return scales.reduce(
    (sum, scale) => sum + SETUP + stepCost(scale) * (scale.iterations + looks),
    0,
  );
}

function stepCost(scale: Size): number {
  return STEP + outerArea(scale);
}

/**
 * How often one of several scales is painted at most, until it is like the photo as it should be: the first is cheap, unless
 * it is the only one.
 */
export function attemptsAt(index: number, scales: number): number {
  return index === 0 && scales > 1 ? 2 : 1;
}

/** What a pyramid costs if every attempt is needed; see `costOf`. */
export function costOfPyramid(scales: readonly Scale[], looks: number): number {
  return costOf(attempted(scales), looks);
}

/** How far one is after an iteration of an attempt at one of the scales. Counted from 1, but for the scale. */
export function progressOver(
  scales: readonly Scale[],
  looks: number,
): (index: number, attempt: number, iteration: number) => Progress {
  const fractionAt = fractionOver(attempted(scales), looks);
  return (index, attempt, iteration) => {
    const { iterations = 0 } = scales[index] ?? {};
    return {
      scale: index + 1,
      scales: scales.length,
      iteration,
      iterations,
      fraction: fractionAt(index, (attempt - 1) * iterations + iteration),
    };
  };
}

/** What part of everything, 0..1, is done after some iterations at one of the scales, counted from 0. */
export function fractionOver(
  scales: readonly Scale[],
  looks: number,
): (index: number, iterations: number) => number {
  const cost = costOf(scales, looks);
  return (index, iterations) => {
    const now = scales.slice(index, index + 1).map((scale) => ({ ...scale, iterations }));
    return costOf([...scales.slice(0, index), ...now], looks) / cost;
  };
}

/** The scales with the iterations of every attempt. */
function attempted(scales: readonly Scale[]): readonly Scale[] {
  return scales.map((scale, index) => ({
    ...scale,
    iterations: scale.iterations * attemptsAt(index, scales.length),
  }));
}
