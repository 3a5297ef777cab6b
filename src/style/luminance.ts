import { CHANNELS, type Picture } from './picture.js';

/*
 * Painting with the photo's colors, after Gatys et al., "Preserving Color in Neural Artistic Style Transfer" (2016),
 * "luminance-only transfer": only the lightness is painted, and the hue of every pixel stays where it was.
 */

/** How much red, green and blue contribute to luminance: the Y of YIQ, which the paper uses (ITU-R BT.601). */
const WEIGHTS = [0.299, 0.587, 0.114];

/** The picture without its colors: three equal planes. */
export function grayscale(picture: Picture): Picture {
  const plane = luminance(picture);
  const data = new Float32Array(picture.data.length);
  for (let channel = 0; channel < CHANNELS; channel++) data.set(plane, channel * plane.length);
  return { ...picture, data };
}

/** The lightness of one picture with the colors of another of the same size, within 0..1. */
export function withColorsOf(colored: Picture, light: Picture): Picture {
  const [before, after] = [luminance(colored), luminance(light)];
  const pixels = before.length;
  const data = colored.data.map((value, i) =>
    Math.min(1, Math.max(0, value + (after[i % pixels] ?? 0) - (before[i % pixels] ?? 0))),
  );
  return { ...colored, data };
}

function luminance({ width, height, data }: Picture): Float32Array {
  const plane = new Float32Array(width * height);
  for (const [channel, weight] of WEIGHTS.entries())
    for (let p = 0; p < plane.length; p++)
      plane[p] = (plane[p] ?? 0) + weight * (data[channel * plane.length + p] ?? 0);
  return plane;
}
