/** Pigment on a panel: colors, loaded brushes, and the light that rakes across the paint. */
import { createCanvas, type Canvas } from '@napi-rs/canvas';
import { fbm, noise, trace, type Field, type Keep, type Point, type Rng } from './field.js';

export type Rgb = readonly [r: number, g: number, b: number];
/** The color of the scene at a place. */
export type Scene = (x: number, y: number) => Rgb;

export const clamp = (v: number, low = 0, high = 1): number => Math.max(low, Math.min(high, v));

export function hex(code: string): Rgb {
  const n = parseInt(code.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export function distance(a: Rgb, b: Rgb): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** A neighbouring color: lighter or darker, and as painters say warmer or cooler. */
export function vary(rng: Rng, c: Rgb, amount: number): Rgb {
  const light = 1 + (rng() - 0.5) * 2 * amount;
  const warm = (rng() - 0.5) * 90 * amount;
  const lift = (rng() - 0.5) * 50 * amount;
  return [c[0] * light + warm + lift, c[1] * light + lift, c[2] * light - warm + lift];
}

/** One color of a list, by chance or by a given place (0 to 1) in it. */
export function pick(list: readonly string[], at: number): string {
  return list[Math.floor(clamp(at, 0, 0.999) * list.length)] ?? '#000000';
}

/** How wide a mark is along its length, as a part of its full width. */
export type Profile = (t: number) => number;
export const round: Profile = (t) => Math.sqrt(Math.max(0, 1 - (2 * t - 1) ** 2));
export const flat: Profile = (t) => Math.min(1, 0.6 + 8 * t, 0.45 + 5 * (1 - t));
export const slab: Profile = () => 1;

export interface Mark {
  readonly path: readonly Point[];
  readonly width: number;
  readonly profile: Profile;
  /** The brush is loaded with two colors, which lie side by side in its hairs. */
  readonly colors: readonly [Rgb, Rgb];
  /** Thickness of the paint, in the same measure for all marks. */
  readonly body: number;
  /** How ragged the ends and sides are, 0 to 1. */
  readonly fray: number;
  /** How soon the brush runs dry and skips over the grain, 0 to 1. */
  readonly dry: number;
  /** How fine the hairs are: 1 for a brush, near 0 for the smooth blade of a knife. */
  readonly hairs: number;
  /** How much paint is pushed up along the sides. */
  readonly rim: number;
}

const GRAIN_ALONG = 1024;
const GRAIN_ACROSS = 256;

/** The hairs of all brushes: noise drawn out in the direction of the stroke. */
const grain = Float32Array.from({ length: GRAIN_ALONG * GRAIN_ACROSS }, (_, i) => {
  const along = i % GRAIN_ALONG;
  const across = Math.floor(i / GRAIN_ALONG);
  const hairs =
    0.6 * noise(along * 0.012, across * 0.21) + 0.6 * noise(along * 0.03 + 90, across * 0.53);
  return clamp(0.5 + 0.62 * hairs);
});

const hair = (along: number, across: number): number =>
  grain[(across & (GRAIN_ACROSS - 1)) * GRAIN_ALONG + (along & (GRAIN_ALONG - 1))] ?? 0.5;

/** Twice the pixels of the picture, so that the edges of marks come out smooth. */
const FINE = 2;

export class Panel {
  readonly wide: number;
  readonly high: number;
  private readonly paint: Float32Array;
  private readonly relief: Float32Array;
  private readonly last: Int32Array;
  private marks = 0;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly rng: Rng,
  ) {
    this.wide = width * FINE;
    this.high = height * FINE;
    this.paint = new Float32Array(this.wide * this.high * 3);
    this.relief = new Float32Array(this.wide * this.high);
    this.last = new Int32Array(this.wide * this.high);
  }

  get aspect(): number {
    return this.wide / this.high;
  }

  /** Sets the color and the height of the paint everywhere, pixel by pixel. */
  fill(at: (x: number, y: number) => readonly [color: Rgb, height: number]): void {
    for (let py = 0; py < this.high; py++) {
      for (let px = 0; px < this.wide; px++) {
        const [color, height] = at(px / this.high, py / this.high);
        this.lay(py * this.wide + px, color, height);
      }
    }
  }

  /** Lays a mark over what is there already. */
  stroke(mark: Mark): void {
    const [first, ...rest] = mark.path;
    if (!first || rest.length === 0) return;
    this.marks++;
    const shift = Math.floor(this.rng() * 65536);
    const half = (mark.width * this.high) / 2;
    const joints = [first, ...rest].map(([x, y]) => [x * this.high, y * this.high] as const);
    let length = 0;
    for (let i = 1; i < joints.length; i++) length += span(joints[i - 1], joints[i]);
    let gone = 0;
    for (let i = 1; i < joints.length; i++) {
      const a = joints[i - 1] ?? [0, 0];
      const b = joints[i] ?? a;
      const before = normal(joints[i - 2] ?? a, b);
      const after = normal(a, joints[i + 1] ?? b);
      const steps = Math.ceil(span(a, b) / 0.6);
      for (let k = 0; k < steps; k++) {
        const t = k / steps;
        const along = gone + span(a, b) * t;
        const from: Point = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
        const side: Point = [
          before[0] + (after[0] - before[0]) * t,
          before[1] + (after[1] - before[1]) * t,
        ];
        this.drag(mark, from, side, half, along, along / length, shift);
      }
      gone += span(a, b);
    }
  }

  /** One row of hairs, across the brush. */
  private drag(
    mark: Mark,
    [x, y]: Point,
    [sx, sy]: Point,
    half: number,
    along: number,
    t: number,
    shift: number,
  ): void {
    const reach = half * mark.profile(t);
    const [light, dark] = mark.colors;
    for (let v = -reach; v <= reach; v += 0.6) {
      const px = Math.round(x + sx * v);
      const py = Math.round(y + sy * v);
      if (px < 0 || py < 0 || px >= this.wide || py >= this.high) continue;
      const i = py * this.wide + px;
      if (this.last[i] === this.marks) continue;
      const edge = Math.abs(v) / half;
      const h = hair(along + shift, v * mark.hairs + shift * 0.37);
      const end = hair(shift, v * 2 + shift) * mark.fray * 0.5;
      if (t < end * 0.5 || t > 1 - end || edge > 1 - mark.fray * 0.35 * h) continue;
      if (mark.dry * (t + 0.25) > 1.05 - 0.55 * hair(px * 9, py) - 0.5 * (1 - h)) continue;
      this.last[i] = this.marks;
      const streak = hair(along + shift * 3, v * 0.45 * mark.hairs + shift * 0.71);
      const tint = clamp((streak - 0.5) * 2.4 + 0.5);
      const shade = 0.9 + 0.2 * h;
      const ridge = 0.35 + 0.75 * h + mark.rim * edge ** 6 + 0.35 * t ** 8;
      const color: Rgb = [
        (light[0] + (dark[0] - light[0]) * tint) * shade,
        (light[1] + (dark[1] - light[1]) * tint) * shade,
        (light[2] + (dark[2] - light[2]) * tint) * shade,
      ];
      this.lay(i, color, (this.relief[i] ?? 0) * 0.45 + mark.body * ridge);
    }
  }

  private lay(i: number, color: Rgb, height: number): void {
    this.paint[i * 3] = color[0];
    this.paint[i * 3 + 1] = color[1];
    this.paint[i * 3 + 2] = color[2];
    this.relief[i] = height;
  }

  /** Lets a light from the upper left rake over the ridges of the paint, and takes the picture. */
  develop(strength: number): Canvas {
    const large = createCanvas(this.wide, this.high);
    const ctx = large.getContext('2d');
    const image = ctx.createImageData(this.wide, this.high);
    const row = this.wide;
    for (let i = 0; i < row * this.high; i++) {
      const here = this.relief[i] ?? 0;
      const upper = (this.relief[i - 2 * row] ?? here) + (this.relief[i - 2] ?? here);
      const lower = (this.relief[i + 2 * row] ?? here) + (this.relief[i + 2] ?? here);
      const shade = Math.tanh((lower - upper) * strength);
      for (let c = 0; c < 3; c++) {
        const p = clamp(this.paint[i * 3 + c] ?? 0, 0, 255);
        image.data[i * 4 + c] = shade > 0 ? p + (255 - p) * shade * 0.3 : p * (1 + shade * 0.5);
      }
      image.data[i * 4 + 3] = 255;
    }
    ctx.putImageData(image, 0, 0);
    const picture = createCanvas(this.width, this.height);
    const small = picture.getContext('2d');
    small.imageSmoothingQuality = 'high';
    small.drawImage(large, 0, 0, this.width, this.height);
    return picture;
  }
}

const span = (a: Point = [0, 0], b: Point = a): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

function normal(a: Point, b: Point): Point {
  const length = span(a, b) || 1;
  return [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
}

/** Every place of a jittered grid, in a shuffled order, to a little beyond the edges. */
export function scatter(rng: Rng, aspect: number, gap: number): Point[] {
  const places: Point[] = [];
  for (let y = -gap; y < 1 + gap; y += gap) {
    for (let x = -gap; x < aspect + gap; x += gap) places.push([x + rng() * gap, y + rng() * gap]);
  }
  for (let i = places.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    const [a, b] = [places[i], places[j]];
    if (a && b) [places[i], places[j]] = [b, a];
  }
  return places;
}

/** One pass over the whole picture with one brush. */
export interface Pass {
  readonly width: number;
  readonly length: number;
  /** Distance between strokes, as a part of their width. */
  readonly gap: number;
  readonly field: Field;
  readonly scene: Scene;
  /** A stroke ends where the scene differs by more than this from where it began. */
  readonly tolerance: number;
  readonly variety: number;
  readonly profile?: Profile;
  readonly body?: number;
  readonly fray?: number;
  readonly dry?: number;
  readonly hairs?: number;
  readonly rim?: number;
  /** Strokes keep the direction they began with. */
  readonly straight?: boolean;
  /** The chance that a stroke is made at all at a place. */
  readonly where?: (x: number, y: number) => number;
}

export function cover(panel: Panel, rng: Rng, pass: Pass): void {
  const { width, scene, where = () => 1 } = pass;
  for (const from of scatter(rng, panel.aspect, width * pass.gap)) {
    if (rng() > where(...from)) continue;
    const start = scene(...from);
    const keep: Keep = (x, y) => distance(scene(x, y), start) < pass.tolerance;
    const length = pass.length * (0.6 + 0.8 * rng());
    const heading = pass.field(...from);
    const field = pass.straight ? () => heading : pass.field;
    const path = trace(from, field, length, Math.max(0.004, width * 0.25), keep);
    const colors = [vary(rng, start, pass.variety), vary(rng, start, pass.variety)] as const;
    panel.stroke({
      path,
      width: width * (0.7 + 0.6 * rng()),
      profile: pass.profile ?? flat,
      colors,
      body: pass.body ?? 1,
      fray: pass.fray ?? 0.6,
      dry: pass.dry ?? 0.3,
      hairs: pass.hairs ?? 1,
      rim: pass.rim ?? 0.5,
    });
  }
}

/** Starts a panel with the scene thinly washed on, so that no bare ground shows anywhere. */
export function wash(panel: Panel, scene: Scene): void {
  panel.fill((x, y) => [mix(scene(x, y), [20, 18, 30], 0.25), 0.3 * fbm(x * 90, y * 90, 2)]);
}
