/*
 * What strength means. The weights of a loss mean nothing to anybody: the same number does little to one pair of pictures and
 * everything to another. So strength is a promise about the result, in the judge's words: how much of the photo it still finds
 * (see judge.ts), whatever the pair, the size and the network. The content's weight is what keeps the promise.
 */

/**
 * The strength from which the paint covers the photo. Below, it is laid on thinner instead of closer to the photo: with
 * more content weight the loss falls fastest by what the content layers do not see, which is colored confetti.
 */
export const OPAQUE = 50;

/** What the judge is to find at strengths 0, 50 and 100; in between on straight lines. */
const PROMISES = [1, 0.5, 0.25] as const;

/** How much of the photo is to be left at a strength of 0 to 100: 1 is the photo itself, 0 nothing of it. */
export function likenessAt(strength: number): number {
  const [none, half, all] = PROMISES;
  return strength <= OPAQUE
    ? none + (half - none) * (strength / OPAQUE)
    : half + (all - half) * ((strength - OPAQUE) / (100 - OPAQUE));
}

/**
 * By how much likeness grows if the content counts e times as much: 0.03 to 0.1 over many pairs, less at coarse scales.
 * Rather too little of a step than too much, which the next scale would have to take back.
 */
const SLOPE = 0.08;
/** No correction is larger than this factor: beyond it the slope is another. */
const LARGEST_STEP = 8;
/** Beyond these nothing changes any more: the content counts for nothing, or the style does. */
const [LEAST, MOST] = [1 / 64, 64];

/** What the judge is to find when some likeness is to come by itself, so that in the end it finds what it should. */
export function likenessBefore(wanted: number, toCome: number): number {
  return Math.max(LEAST_LIKENESS, wanted - toCome);
}

/** Two pictures that have nothing to do with each other have about this much in common. */
const LEAST_LIKENESS = 0.15;

/** The content's factor for which the likeness will be what it should be, by what it was with another. */
export function corrected(factor: number, likeness: number, wanted: number): number {
  const step = Math.exp((wanted - likeness) / SLOPE);
  const bounded = Math.min(LARGEST_STEP, Math.max(1 / LARGEST_STEP, step));
  return Math.min(MOST, Math.max(LEAST, factor * bounded));
}

/** What the judge finds after the coarsest scale of many pairs, in the middle, with the recipe's weights. */
const TYPICAL = 0.35;

/** The content's factor to begin with, for a pair of which nothing is known yet; the recipe's own if nothing is wanted. */
export function firstFactor(wanted = TYPICAL): number {
  return corrected(1, TYPICAL, wanted);
}
