/**
 * A picture as the engine sees it: RGB in 0..1, one color plane after the other (all red, all green, all blue), each
 * plane row by row from the top.
 */
export interface Picture extends Size {
  readonly data: Float32Array;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const CHANNELS = 3;

/** A picture whose value at (channel, y, x) the function gives. */
export function pictureOf(
  { width, height }: Size,
  value: (channel: number, y: number, x: number) => number,
): Picture {
  const data = new Float32Array(CHANNELS * height * width);
  let i = 0;
  for (let channel = 0; channel < CHANNELS; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data[i++] = value(channel, y, x);
  return { width, height, data };
}

/** The shape of a picture as a tensor. */
export function shapeOf({ width, height }: Size): readonly number[] {
  return [1, CHANNELS, height, width];
}
