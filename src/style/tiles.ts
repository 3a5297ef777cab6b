import type { Size } from './picture.js';

/*
 * A picture that is too large to be differentiated at once is, in overlapping tiles of one size, so that one program of
 * bounded memory serves all of them.
 */

/** A rectangle in pixels. */
export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

/** What is computed at once, and the part of it whose gradient counts: the cores cover the picture without overlap. */
export interface Tile {
  readonly whole: Rectangle;
  readonly core: Rectangle;
}

/**
 * The most pixels of a tile. A picture of 512 pixels in its border is one, and painted as it always was; for memory,
 * see docs/engine.md.
 */
const MOST = 560 * 560;

/**
 * How far a tile reaches beyond its core, in pixels: a pixel's gradient there misses what lies beyond the tile. At the
 * scales that take tiles only shallow layers count, whose activations hardly reach farther.
 */
const HALO = 32;

/** The tiles of a picture whose sides are multiples of `unit`, as those of the tiles and their distances are. */
export function tilesOf(picture: Size, unit: number): readonly Tile[] {
  let [columns, rows] = [1, 1];
  const across = () => along(picture.width, columns, unit);
  const down = () => along(picture.height, rows, unit);
  while (across().extent * down().extent > MOST)
    if (across().extent > down().extent) columns++;
    else rows++;
  const [xs, ys] = [across(), down()];
  return ys.spans.flatMap((y) =>
    xs.spans.map((x) => ({
      whole: { left: x.start, top: y.start, width: xs.extent, height: ys.extent },
      core: {
        left: x.coreStart,
        top: y.coreStart,
        width: x.coreEnd - x.coreStart,
        height: y.coreEnd - y.coreStart,
      },
    })),
  );
}

function along(extent: number, count: number, unit: number) {
  const each = extent / count;
  const whole = Math.min(extent, Math.ceil((each + 2 * HALO) / unit + 1) * unit);
  const spans = Array.from({ length: count }, (_, i) => {
    const coreStart = Math.round(i * each);
    const wanted = Math.floor(Math.max(0, coreStart - HALO) / unit) * unit;
    const start = Math.min(wanted, extent - whole);
    return { start, coreStart, coreEnd: Math.round((i + 1) * each) };
  });
  return { extent: count === 1 ? extent : whole, spans };
}

/** A rectangle out of planes of one size, one after the other; the planes may be an activation's. */
export function cut(planes: Float32Array, size: Size, from: Rectangle): Float32Array {
  const count = planes.length / (size.width * size.height);
  const result = new Float32Array(count * from.width * from.height);
  for (let row = 0; row < count * from.height; row++) {
    const y = Math.floor(row / from.height) * size.height + from.top + (row % from.height);
    const start = y * size.width + from.left;
    result.set(planes.subarray(start, start + from.width), row * from.width);
  }
  return result;
}

/** Writes the core of a tile's planes to where it belongs in the planes of the whole picture. */
export function paste(
  target: Float32Array,
  size: Size,
  values: Float32Array,
  { whole, core }: Tile,
): void {
  const count = target.length / (size.width * size.height);
  for (let row = 0; row < count * core.height; row++) {
    const [plane, y] = [Math.floor(row / core.height), core.top + (row % core.height)];
    const from = (plane * whole.height + y - whole.top) * whole.width + core.left - whole.left;
    const to = (plane * size.height + y) * size.width + core.left;
    target.set(values.subarray(from, from + core.width), to);
  }
}
