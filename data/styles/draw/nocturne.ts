/** A lighthouse in a windy night: long curved strokes that eddy through the sky. */
import { clamp, cover, flat, Panel, pick, wash } from './brush.js';
import { fbm, mulberry32, stir, trace, type Eddy, type Field } from './field.js';
import {
  box,
  line,
  oval,
  points,
  polygon,
  ramp,
  sketch,
  spots,
  tints,
  type Ctx,
} from './sketch.js';

const SEA = 0.7;
const AIR = '#0b1238@0 #1d3f9c@0.45 #3c7fbf@0.85 #9cc9c4@1';
const LAMP = { x: 0.4, y: 0.37 };
const MOON = { x: 1.03, y: 0.56 };
const EDDIES: readonly Eddy[] = [
  { x: 0.88, y: 0.24, r: 0.2, spin: 1.3 },
  { x: 0.1, y: 0.16, r: 0.14, spin: -1 },
  { x: 1.27, y: 0.36, r: 0.1, spin: -0.9 },
  { ...LAMP, r: 0.13, spin: 1.6 },
  { ...MOON, r: 0.1, spin: -1.4 },
];

const sky: Field = stir(
  (x, y) => 0.25 * Math.sin(x * 4 + y * 3) + 0.6 * fbm(x * 2, y * 2, 2),
  EDDIES,
);
const land = (x: number): number => 0.6 + 0.12 * x ** 2 + 0.025 * fbm(x * 9, 3);

const tower = (x: number, y: number): boolean =>
  Math.abs(x - LAMP.x) < 0.036 && y > LAMP.y - 0.08 && y < 0.66;

function field(x: number, y: number): number {
  if (y > SEA) return 0.5 * Math.sin(x * 9 + y * 24 + 2 * fbm(x * 2, y * 3, 2)) * (y - 0.6) * 2.6;
  if (tower(x, y)) return 1.57;
  if (y > land(x)) return 0.35 + 0.5 * fbm(x * 6, y * 6);
  return sky(x, y);
}

function drawScene(ctx: Ctx): void {
  box(ctx, ramp(ctx.createLinearGradient(0, 0, 0, SEA), AIR), 0, 0, 1.4, 1);
  streams(ctx);
  const dusk = ctx.createRadialGradient(MOON.x, MOON.y, 0, MOON.x, MOON.y, 0.24);
  oval(ctx, ramp(dusk, '#ffb25acc #f2a04acc #e8815a99 #8a6f9a55 #3f7fd000'), MOON.x, MOON.y, 0.24);
  oval(ctx, '#ffd98a', MOON.x, MOON.y, 0.085);
  const lamp = ctx.createRadialGradient(LAMP.x, LAMP.y, 0, LAMP.x, LAMP.y, 0.26);
  const beam = '#fffbe0 #ffdf5a #f6a92c #d9742acc #7a4f7a77 #2a4fa000';
  oval(ctx, ramp(lamp, beam), LAMP.x, LAMP.y, 0.26);
  const sea = ctx.createLinearGradient(0, SEA, 0, 1);
  box(ctx, ramp(sea, '#4f93b5@0 #1f4f9a@0.25 #080d26@1'), 0, SEA, 1.4, 0.3);
  ripples(ctx);
  headland(ctx);
  lighthouse(ctx);
}

/** Streams of wind, dark and pale, which the eddies roll up. */
function streams(ctx: Ctx): void {
  const rng = mulberry32(3);
  const winds = tints('#0a1136 #12256e #1c3f9c #2d62bd #5a9bd0 #93c9d6 #d3e6d0');
  ctx.lineCap = 'round';
  ctx.globalAlpha = 0.8;
  for (let i = 0; i < 420; i++) {
    const x = rng() * 1.4;
    const y = rng() * SEA;
    const near = Math.max(
      ...EDDIES.map((e) => Math.exp(-((Math.hypot(x - e.x, y - e.y) / e.r) ** 2))),
    );
    const tone = rng() * 0.55 + 0.25 * near + 0.35 * y + 0.3 * fbm(x * 3, y * 5, 2);
    ctx.strokeStyle = pick(winds, tone);
    ctx.lineWidth = 0.008 + 0.016 * rng();
    ctx.beginPath();
    for (const p of trace([x, y], sky, 0.3 + 0.3 * rng(), 0.006, () => true)) ctx.lineTo(...p);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

/** The lights again, broken up on the waves. */
function ripples(ctx: Ctx): void {
  const rng = mulberry32(5);
  const gold = tints('#ffe08a #ffb84a #e8813a');
  const blue = tints('#86c0cf #0a1640 #2f6fc0 #0d1d55 #2456a8 #4f93b5');
  for (let i = 0; i < 620; i++) {
    const depth = rng();
    const y = SEA + 0.006 + depth * 0.3;
    const lit = rng() < 0.3;
    const x = lit ? MOON.x + (rng() + rng() - 1) * (0.075 + 0.1 * depth) : rng() * 1.4;
    const long = (0.015 + 0.04 * rng()) * (0.5 + depth);
    oval(ctx, pick(lit ? gold : blue, rng()), x, y, long, 0.003 + 0.007 * depth);
  }
}

function headland(ctx: Ctx): void {
  ctx.fillStyle = '#15102b';
  ctx.beginPath();
  for (const [x, y] of line(-0.1, 0.93, (x) => [x, land(x)])) ctx.lineTo(x, y);
  ctx.bezierCurveTo(0.8, 0.76, 0.5, 0.74, 0.36, 0.84);
  ctx.bezierCurveTo(0.26, 0.9, 0.2, 0.95, 0.16, 1.1);
  ctx.lineTo(-0.1, 1.1);
  ctx.fill();
  grass(ctx);
  for (const [x, y, w] of spots(0.16, 0.615, 0.07, 0.56, 0.645, 0.06, 0.27, 0.63, 0.05)) {
    const eaves = y - 0.028;
    box(ctx, '#3a2a5c', x, y - 0.03, w, 0.05);
    polygon(ctx, '#b4502e', points(x - 0.012, eaves, x + w / 2, y - 0.065, x + w + 0.012, eaves));
    box(ctx, '#ffc84a', x + w * 0.35, y - 0.02, w * 0.3, 0.026);
  }
}

/** The slope catches the lamp: rust and moss near the tower, violet further off. */
function grass(ctx: Ctx): void {
  const rng = mulberry32(8);
  const slope = tints('#1c1740 #33286b #2a4a66 #4d6b45 #c98a30');
  for (let i = 0; i < 700; i++) {
    const x = rng() * 0.9;
    const y = land(x) + 0.015 + rng() ** 1.3 * 0.42;
    const lit = Math.exp(-Math.hypot((x - LAMP.x) / 0.3, (y - 0.66) / 0.1)) + 0.55 * (rng() - 0.4);
    if (y < land(x) + 0.4 - 0.42 * x) oval(ctx, pick(slope, lit * 1.3), x, y, 0.03, 0.006, 0.3);
  }
}

function lighthouse(ctx: Ctx): void {
  const { x } = LAMP;
  const wall = ramp(ctx.createLinearGradient(x - 0.04, 0, x + 0.04, 0), '#f3e6c4 #a9b6cf #2d3a78');
  polygon(ctx, wall, points(x - 0.022, 0.41, x + 0.022, 0.41, x + 0.038, 0.66, x - 0.038, 0.66));
  box(ctx, '#b23a26', x - 0.03, 0.47, 0.06, 0.035);
  box(ctx, '#b23a26', x - 0.035, 0.56, 0.07, 0.035);
  box(ctx, '#15102b', x - 0.034, 0.4, 0.068, 0.014);
  polygon(ctx, '#15102b', points(x - 0.032, 0.348, x, 0.295, x + 0.032, 0.348));
  box(ctx, '#fffbe0', x - 0.018, 0.342, 0.036, 0.058);
}

export function nocturne(): Panel {
  const rng = mulberry32(11);
  const panel = new Panel(960, 720, rng);
  const scene = sketch(panel.aspect, drawScene);
  const detail = (x: number, y: number): number =>
    clamp(
      1.2 -
        6 *
          Math.min(
            Math.hypot(x - LAMP.x, (y - 0.48) / 2),
            Math.abs(y - 0.64) + Math.max(0, x - 0.7),
          ),
      0.12,
      1,
    );
  wash(panel, scene);
  const common = { field, scene, profile: flat };
  cover(panel, rng, {
    ...common,
    width: 0.05,
    length: 0.34,
    gap: 0.6,
    tolerance: 150,
    variety: 0.22,
    dry: 0.2,
  });
  cover(panel, rng, {
    ...common,
    width: 0.026,
    length: 0.26,
    gap: 0.7,
    tolerance: 85,
    variety: 0.26,
    body: 1.2,
  });
  cover(panel, rng, {
    ...common,
    width: 0.014,
    length: 0.16,
    gap: 1.7,
    tolerance: 60,
    variety: 0.34,
    body: 1.5,
  });
  cover(panel, rng, {
    ...common,
    width: 0.008,
    length: 0.05,
    gap: 1,
    tolerance: 40,
    variety: 0.2,
    where: detail,
    dry: 0.1,
  });
  return panel;
}
