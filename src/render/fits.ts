/*
 * How much memory a picture takes, so that none is begun that would not end.
 */

/**
 * What a worker fills for a small picture, in bytes, and how much more for every pixel of the result. Measured: 0.8 GB at
 * 512×394 and 1.1 GB at 1024×788 pixels; and of 2048×1576, 1.8 GB as usual and 2.8 GB with the largest brushwork, for which
 * sixteen tiles of the painting are made (docs/engine.md, "How fast"). A job is to fit whatever its brushwork is.
 */
const BASE = 1000e6;
const PER_PIXEL = 600;

/** The longest side of a square that can be painted in so many bytes of memory; 0 if none can. */
export function largestSizeIn(bytes: number): number {
  return Math.floor(Math.sqrt(Math.max(0, bytes - BASE) / PER_PIXEL));
}
