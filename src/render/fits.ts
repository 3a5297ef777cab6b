/*
 * How much memory a picture takes, so that none is begun that would not end.
 */

/**
 * What a worker fills for a small picture, in bytes, and how much more for every pixel of the result. Measured: 1.1 GB at
 * 512×512, 1.1 GB at 1024×768 and 1.8 GB at 2048×1536 pixels (docs/engine.md, "How fast"). Larger ones are painted in tiles, so
 * that only what is kept of every pixel grows: the picture, the optimizer's three averages, the photo and its activations.
 */
const BASE = 1000e6;
const PER_PIXEL = 300;

/** The longest side of a square that can be painted in so many bytes of memory; 0 if none can. */
export function largestSizeIn(bytes: number): number {
  return Math.floor(Math.sqrt(Math.max(0, bytes - BASE) / PER_PIXEL));
}
