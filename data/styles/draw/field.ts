/** Seeded chance, smooth noise, and the direction fields that strokes follow. */

export type Rng = () => number;
export type Point = readonly [x: number, y: number];
/** The direction (radians) a stroke takes at a place; the picture is 1 high. */
export type Field = (x: number, y: number) => number;

/** A small seeded generator, so that the same seed always paints the same picture. */
export function mulberry32(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number in [-1, 1) that depends only on a lattice corner. */
function lattice(ix: number, iy: number): number {
  let h = Math.imul(ix, 374761393) ^ Math.imul(iy, 668265263);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}

const ease = (t: number): number => t * t * (3 - 2 * t);

/** Smooth value noise in [-1, 1]; lattice cells are one unit wide. */
export function noise(x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const u = ease(x - ix);
  const top = lattice(ix, iy) * (1 - u) + lattice(ix + 1, iy) * u;
  const low = lattice(ix, iy + 1) * (1 - u) + lattice(ix + 1, iy + 1) * u;
  const v = ease(y - iy);
  return top * (1 - v) + low * v;
}

/** Several octaves of noise: broad shapes with finer ones upon them. */
export function fbm(x: number, y: number, octaves = 4): number {
  let sum = 0;
  for (let i = 0, f = 1; i < octaves; i++, f *= 2)
    sum += noise(x * f + i * 17.3, y * f - i * 9.1) / f;
  return sum / 1.6;
}

/** An eddy: strokes near it turn about its center, one way or the other. */
export interface Eddy {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly spin: number;
}

/** The direction of a breeze (an angle) that eddies stir. */
export function stir(breeze: Field, eddies: readonly Eddy[]): Field {
  return (x, y) => {
    const base = breeze(x, y);
    let vx = Math.cos(base);
    let vy = Math.sin(base);
    for (const e of eddies) {
      const dx = x - e.x;
      const dy = y - e.y;
      const d2 = (dx * dx + dy * dy) / (e.r * e.r);
      const pull = (e.spin * 5 * Math.exp(-d2)) / (Math.sqrt(d2) + 0.1) / e.r;
      // A little of the radius is mixed in, so that rings become spirals.
      vx += pull * (-dy - 0.18 * dx);
      vy += pull * (dx - 0.18 * dy);
    }
    return Math.atan2(vy, vx);
  };
}

/** Follows a field from a place, one step at a time, for as long as `keep` allows. */
function follow(from: Point, field: Field, step: number, count: number, keep: Keep): Point[] {
  const points: Point[] = [];
  let [x, y] = from;
  let heading = field(x, y) + (step < 0 ? Math.PI : 0);
  for (let i = 0; i < count; i++) {
    const wanted = field(x, y);
    // A field is a line without a head: take the end nearer to where we are going.
    const turn = Math.sin(wanted - heading) * Math.sign(Math.cos(wanted - heading) || 1);
    heading += Math.asin(Math.max(-1, Math.min(1, turn)));
    x += Math.cos(heading) * Math.abs(step);
    y += Math.sin(heading) * Math.abs(step);
    if (!keep(x, y)) break;
    points.push([x, y]);
  }
  return points;
}

export type Keep = (x: number, y: number) => boolean;

/** The path of a stroke that passes through a place, half its length to either side. */
export function trace(
  from: Point,
  field: Field,
  length: number,
  step: number,
  keep: Keep,
): Point[] {
  const count = Math.ceil(length / 2 / step);
  const back = follow(from, field, -step, count, keep).reverse();
  return [...back, from, ...follow(from, field, step, count, keep)];
}
