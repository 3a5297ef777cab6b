import { pictureOf, type Picture, type Size } from './picture.js';
import { cut } from './tiles.js';

/** How many pixels lie around a picture on each side. */
export interface Border {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The width of the mirrored border. A convolution sees zeros outside the picture, and the optimizer answers with
 * colored fringes; they stay within this many pixels, which are cut off at the end.
 */
const MARGIN = 16;

/** The border that leaves at least MARGIN pixels everywhere and makes both sides multiples of `unit`. */
export function borderFor({ width, height }: Size, unit: number): Border {
  const rest = (extent: number) => Math.ceil((extent + 2 * MARGIN) / unit) * unit - extent - MARGIN;
  return { left: MARGIN, top: MARGIN, right: rest(width), bottom: rest(height) };
}

/** How many pixels a picture has in its border, at least. */
export function outerArea({ width, height }: Size): number {
  return (width + 2 * MARGIN) * (height + 2 * MARGIN);
}

/** The picture continued outward as in mirrors standing along its edges (as often as needed, if it is narrow). */
export function mirrored(picture: Picture, border: Border): Picture {
  const { width, height, data } = picture;
  const columns = reflections(width, border.left, border.right);
  const rows = reflections(height, border.top, border.bottom);
  return pictureOf(
    { width: columns.length, height: rows.length },
    (channel, y, x) => data[(channel * height + (rows[y] ?? 0)) * width + (columns[x] ?? 0)] ?? 0,
  );
}

/** The picture without its border. */
export function cropped(picture: Picture, border: Border): Picture {
  const width = picture.width - border.left - border.right;
  const height = picture.height - border.top - border.bottom;
  const { left, top } = border;
  return { width, height, data: cut(picture.data, picture, { left, top, width, height }) };
}

/** Source positions for -before … extent + after: 2 1 0 | 0 1 2 | 2 1 0, the edge pixel doubled. */
function reflections(extent: number, before: number, after: number): readonly number[] {
  return Array.from({ length: before + extent + after }, (_, i) => {
    const period = 2 * extent;
    const position = (((i - before) % period) + period) % period;
    return position < extent ? position : period - 1 - position;
  });
}
