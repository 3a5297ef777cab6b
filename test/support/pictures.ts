import { pictureOf, type Picture, type Size } from '../../src/style/picture.js';
import { seeded } from './random.js';

/** Soft diagonal waves: a picture with some structure at several scales. */
export function waves(size: Size, frequency: number): Picture {
  return pictureOf(
    size,
    (channel, y, x) =>
      0.5 +
      0.3 * Math.sin((frequency * (x + 2 * y)) / 9 + channel) +
      0.15 * Math.cos(x / 3 - y / 5),
  );
}

/** Every number independent. */
export function noise(size: Size, seed: number): Picture {
  const random = seeded(seed);
  return pictureOf(size, () => 0.5 + 0.5 * random());
}

export function flat(size: Size, ...color: readonly [number, number, number]): Picture {
  return pictureOf(size, (channel) => color[channel] ?? 0);
}

export function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
