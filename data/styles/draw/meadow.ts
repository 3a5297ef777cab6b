/** Lavender by a river: nothing but dots, each of one pure color, that mix in the eye. */
import {
  clamp,
  distance,
  hex,
  Panel,
  pick,
  round,
  scatter,
  vary,
  wash,
  type Rgb,
} from './brush.js';
import { fbm, mulberry32, noise, type Field, type Rng } from './field.js';
import {
  below,
  box,
  line,
  oval,
  points,
  polygon,
  ramp,
  sketch,
  tints,
  type Ctx,
} from './sketch.js';

const HORIZON = 0.4;
const SUN = { x: 0.36, y: 0.14 };
const PALETTE: readonly Rgb[] = tints(
  '#fff6d6 #ffe16b #f9b233 #f0732c #e4502f #ef8fa6 #b9dcc4 #4fb7a5 #1c7f86 ' +
    '#7fae3a #2f6b3d #8e79c9 #5a3f9e #2f2a78 #9fd0ea #3f79c4 #251447',
).map(hex);

/** The middle of the river, and half its width. */
const bank = (y: number): number =>
  0.66 + 0.15 * Math.sin((y - HORIZON) * 7.5) + 0.12 * (y - HORIZON);
const reach = (y: number): number => 0.014 + 0.55 * (y - HORIZON) ** 1.15;

function drawScene(ctx: Ctx): void {
  const air = ctx.createRadialGradient(SUN.x, SUN.y, 0, SUN.x, SUN.y, 1);
  const day =
    '#fffdf0@0.05 #ffe16b@0.07 #fbc65a@0.13 #f7b9a4@0.22 #b9dcc4@0.34 #5fb4cc@0.55 #2f5fb4@1';
  box(ctx, ramp(air, day), 0, 0, 1.4, 1);
  below(ctx, '#9a8fd6', (x) => 0.31 + 0.06 * fbm(x * 2.5, 15.5));
  below(ctx, '#5f67b8', (x) => 0.355 + 0.035 * fbm(x * 2.5, 17.75));
  const grass = ctx.createLinearGradient(0, HORIZON, 0, 1);
  box(ctx, ramp(grass, '#cfd45a@0 #f2b63c@0.35 #d8742c@0.7 #6a3a4a@1'), 0, HORIZON, 1.4, 1);
  lavender(ctx);
  const water = ctx.createLinearGradient(0, HORIZON, 0, 1);
  polygon(ctx, ramp(water, '#fff3c4@0 #a6dbe2@0.25 #4d9fd0@0.6 #27408f@1'), [
    ...line(HORIZON, 1.02, (y) => [bank(y) - reach(y), y]),
    ...line(1.02, HORIZON, (y) => [bank(y) + reach(y), y]),
  ]);
  for (let i = 0; i < 7; i++) poplar(ctx, 1.3 - i * 0.085, 0.66 - i * 0.037, 0.62 - i * 0.07);
  for (let i = 0; i < 5; i++) poplar(ctx, 0.03 + i * 0.06, 0.45 - i * 0.006, 0.15 - i * 0.018);
  box(ctx, '#fff2d0', 0.2, 0.395, 0.07, 0.045);
  box(ctx, '#7d6bc0', 0.27, 0.395, 0.04, 0.045);
  polygon(ctx, '#e4502f', points(0.19, 0.4, 0.22, 0.36, 0.3, 0.36, 0.32, 0.4));
  boat(ctx, bank(0.66), 0.66);
  flowers(ctx);
}

/** Rows of lavender, which run together toward the horizon. */
function lavender(ctx: Ctx): void {
  for (let i = 0; i < 15; i++) {
    const foot = 0.75 - i * 0.16;
    const head = 0.5 - i * 0.028;
    const row = points(head, 0.455, foot, 1.02, foot - 0.075, 1.02, head - 0.006, 0.455);
    polygon(ctx, i % 2 === 0 ? '#7d62c4' : '#4b3a9a', row);
  }
}

/** A tree lit from the left, with its shadow thrown to the right over the grass. */
function poplar(ctx: Ctx, x: number, foot: number, tall: number): void {
  const wide = tall * 0.1;
  oval(ctx, '#4a3f96', x + tall * 0.2, foot + tall * 0.1, tall * 0.24, tall * 0.03, 0.45);
  const leaves = ctx.createLinearGradient(x - wide, 0, x + wide, 0);
  const side = (way: number) => (t: number) =>
    [x + way * wide * 1.15 * Math.sin(Math.PI * t ** 1.25) ** 0.8, foot - tall * (1 - t)] as const;
  polygon(ctx, ramp(leaves, '#e9dc52 #6fa83c #1f5f50 #2a1f66'), [
    ...line(0, 1, side(1)),
    ...line(1, 0, side(-1)),
  ]);
}

/** A sail on the bend, and its light in the water. */
function boat(ctx: Ctx, x: number, y: number): void {
  const sail = (tint: string, far: number, top: number, foot: number): void =>
    polygon(ctx, tint, points(x, y + top, x + far, y + foot, x, y + foot));
  sail('#fff6d6', -0.07, -0.19, -0.02);
  sail('#f0732c', 0.055, -0.17, -0.02);
  sail('#f6d9b0', -0.05, 0.12, 0.025);
  sail('#e4805a', 0.04, 0.1, 0.025);
  polygon(
    ctx,
    '#251447',
    points(x - 0.07, y, x + 0.07, y, x + 0.045, y + 0.014, x - 0.05, y + 0.014),
  );
}

/** Drifts of poppies and daisies, larger the nearer they are. */
function flowers(ctx: Ctx): void {
  const rng = mulberry32(21);
  const drifts = [tints('#6a4fb4 #6a4fb4 #ffe98a'), tints('#e4402a #e4402a #ffb0b8')];
  for (let i = 0; i < 900; i++) {
    const y = 0.5 + 0.5 * rng();
    const x = 0.5 + rng() * 0.84;
    const near = (y - HORIZON) * 0.03;
    const drift = noise(x * 5, y * 11);
    if (Math.abs(x - bank(y)) < reach(y) + near || Math.abs(drift) < 0.15) continue;
    oval(ctx, pick(drifts[drift > 0 ? 1 : 0] ?? [], rng()), x, y, near, near * 0.7);
  }
}

/** The opposing hue, as light as the first. */
function opposite([r, g, b]: Rgb): Rgb {
  const sum = Math.max(r, g, b) + Math.min(r, g, b);
  return [sum - r, sum - g, sum - b];
}

/** The pure color for a dot: one near the scene's, and now and then one that opposes it. */
function choose(rng: Rng, seen: Rgb): Rgb {
  const aim = rng() < 0.11 ? opposite(seen) : vary(rng, seen, 0.3);
  let best = aim;
  let least = Infinity;
  for (const color of PALETTE) {
    const far = distance(color, aim) * (0.7 + 0.6 * rng());
    if (far < least) [best, least] = [color, far];
  }
  return best;
}

const lie: Field = (x, y) =>
  y < HORIZON
    ? Math.atan2(y - SUN.y, x - SUN.x) + Math.PI / 2
    : Math.abs(x - bank(y)) < reach(y)
      ? 0
      : 0.9 * fbm(x * 4, y * 4) - 0.3;

export function meadow(): Panel {
  const rng = mulberry32(23);
  const panel = new Panel(960, 720, rng);
  const scene = sketch(panel.aspect, drawScene);
  wash(panel, scene);
  for (const [size, gap, purity] of [
    [0.03, 0.55, 0.6],
    [0.019, 0.7, 0.75],
    [0.0125, 0.9, 0.85],
    [0.0085, 1.5, 0.9],
  ] as const) {
    for (const [x, y] of scatter(rng, panel.aspect, size * gap)) {
      const seen = scene(x, y);
      const dot = rng() < purity ? choose(rng, seen) : vary(rng, seen, 0.2);
      // Dots shrink toward the horizon, so that the ground lies down.
      const width = size * (0.65 + 0.5 * rng()) * clamp(0.6 + Math.abs(y - HORIZON) * 0.9, 0.6, 1);
      const turn = lie(x, y) + (rng() - 0.5) * 0.7;
      const half = width * (0.55 + 0.3 * rng());
      const [dx, dy] = [Math.cos(turn) * half, Math.sin(turn) * half];
      panel.stroke({
        path: [
          [x - dx, y - dy],
          [x, y],
          [x + dx, y + dy],
        ],
        width,
        profile: round,
        colors: [dot, vary(rng, dot, 0.16)],
        body: 1.5,
        fray: 0.15,
        dry: 0,
        hairs: 1,
        rim: 0.5,
      });
    }
  }
  return panel;
}
