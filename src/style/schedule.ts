import type { Size } from './picture.js';

/** One scale of the pyramid: how large the picture is there and how many steps it gets. */
export interface Scale extends Size {
  readonly iterations: number;
}

/** How much time a picture is given. */
export const qualities = ['draft', 'normal', 'fine'] as const;
export type Quality = (typeof qualities)[number];

/** By what factor the steps are more than those of `normal`. */
const patience: Readonly<Record<Quality, number>> = { draft: 0.4, normal: 1, fine: 2 };

/** The side of the square with as many pixels as the coarsest scale: 128×96 has as many as 111². */
const COARSEST = 111;

/** Coarse scales are cheap and decide the composition; fine ones only add what fits between the strokes. */
const ITERATIONS = [100, 80, 60, 50, 40];
/** Beyond 512 pixels. */
const FINEST_ITERATIONS = 30;

/**
 * The scales for a picture, coarse to fine, each √2 larger than the one before and the last the picture's own size.
 * Sizes are counted by area, so that a panorama has as many scales as a square of equal cost.
 */
export function pyramid({ width, height }: Size, quality: Quality): readonly Scale[] {
  const side = Math.sqrt(width * height);
  const count = Math.max(1, Math.round(2 * Math.log2(side / COARSEST)) + 1);
  return Array.from({ length: count }, (_, i) => {
    const factor = Math.SQRT2 ** (i - count + 1);
    return {
      width: Math.max(1, Math.round(width * factor)),
      height: Math.max(1, Math.round(height * factor)),
      iterations: Math.round((ITERATIONS[i] ?? FINEST_ITERATIONS) * patience[quality]),
    };
  });
}

/**
 * What a pyramid costs, in pixels × iterations: the unit in which jobs are compared and progress is measured.
 * @param looks how many pictures as large as the photo are looked at before the first step of each scale. To look is
 * the network's way forward only, but made ready for one use: about as long as one iteration takes.
 */
export function costOf(scales: readonly Scale[], looks: number): number {
  return scales.reduce(
    (sum, { width, height, iterations }) => sum + width * height * (iterations + looks),
    0,
  );
}
