/** A hill town over its harbor in autumn: slabs of paint pressed on with a palette knife. */
import { cover, Panel, pick, slab, wash } from './brush.js';
import { fbm, mulberry32, noise, type Field, type Rng } from './field.js';
import { below, box, points, polygon, ramp, sketch, spots, tints, type Ctx } from './sketch.js';

const QUAY = 0.7;
const LIT = tints('#f7ecd2 #f3dca8 #e9b765 #f2e4c8 #dd8f45 #e8c9a0');
const SHADED = tints('#2c5a66 #3a4f63 #7a4a3c #1f4450 #54707a');
const ROOFS = tints('#b8432a #9c3420 #cf6a2f #7c2a22 #d98a3a');
const LEAVES = tints('#c9531f #e08a24 #8f2f1c #e9b23c #5a2a24 #a8672a');
const CLOUDS = tints('#f8eed8 #5f9aa2 #e6c992 #c7d0c4 #e9a860 #2f6d7a');
const WAVES = tints('#0d2c38 #1f6470 #5fa3a6 #f0d6a0 #0d2c38 #cf7a35');

/** How high the hill stands behind the quay. */
const hill = (x: number): number => 0.08 + 0.34 * Math.exp(-(((x - 0.86) / 0.36) ** 2));

/** Light comes from the left: fronts take it, gable ends do not. */
function house(ctx: Ctx, rng: Rng, x: number, foot: number, wide: number, tall: number): void {
  const corner = x + wide * (0.55 + 0.2 * rng());
  const right = x + wide;
  const gable = (corner + right) / 2;
  const eaves = foot - tall;
  const ridge = eaves - tall * 0.45;
  const sill = foot + 0.12;
  box(ctx, pick(LIT, rng()), x, eaves, corner - x, sill - eaves);
  const end = points(corner, eaves, gable, ridge, right, eaves, right, sill, corner, sill);
  polygon(ctx, pick(SHADED, rng()), end);
  const edge = eaves + 0.004;
  const roof = points(x - 0.006, edge, x + gable - corner, ridge, gable, ridge, corner, edge);
  polygon(ctx, pick(ROOFS, rng()), roof);
  for (let floor = eaves + 0.018; floor < foot - 0.02; floor += 0.036) {
    for (let at = x + 0.013; at < corner - 0.018; at += 0.027) {
      box(ctx, rng() < 0.75 ? '#23343f' : '#a33c26', at, floor, 0.0115, 0.02);
    }
    if (rng() < 0.3) box(ctx, '#f2b84a', gable - 0.006, floor, 0.012, 0.018);
  }
}

/** Rows of houses up the hill, from the farthest to the quay, with trees between. */
function drawTown(ctx: Ctx): void {
  const rng = mulberry32(61);
  for (let row = 5; row >= 0; row--) {
    const foot = (x: number): number => QUAY - hill(x) * (row / 5.4);
    for (let x = -0.06; x < 1.36;) {
      const wide = 0.075 + 0.055 * rng();
      const level = foot(x + wide / 2);
      if (QUAY - level >= row * 0.03) house(ctx, rng, x, level, wide, 0.055 + 0.055 * rng());
      else if (rng() < 0.5) tree(ctx, rng, x, level - 0.04);
      x += wide * (rng() < 0.25 ? 1.3 : 0.98);
    }
    if (row === 5) tower(ctx, 0.85, QUAY - hill(0.85));
    for (let i = 0; i < 5 && row > 0; i++) {
      const x = rng() * 1.34;
      tree(ctx, rng, x, foot(x) + 0.01);
    }
  }
}

function tower(ctx: Ctx, x: number, foot: number): void {
  box(ctx, '#f9efd8', x, foot - 0.19, 0.04, 0.19);
  box(ctx, '#3a5663', x + 0.04, foot - 0.19, 0.026, 0.19);
  const eaves = foot - 0.185;
  polygon(ctx, '#9c3420', points(x - 0.008, eaves, x + 0.033, foot - 0.27, x + 0.074, eaves));
  box(ctx, '#1c2a35', x + 0.012, foot - 0.165, 0.016, 0.04);
}

function tree(ctx: Ctx, rng: Rng, x: number, foot: number): void {
  for (let i = 0; i < 16; i++) {
    const size = 0.01 + 0.016 * rng();
    const at = x + (rng() - 0.5) * 0.08;
    box(ctx, pick(LEAVES, rng()), at, foot - 0.06 * rng() - 0.015, size * 1.5, size);
  }
}

function drawSky(ctx: Ctx): void {
  const rng = mulberry32(9);
  const air = ctx.createLinearGradient(0, 0, 1.1, 0.5);
  box(ctx, ramp(air, '#fff6dc #f6dca0 #d8cfb4 #86b0b0 #3f7f8a'), 0, 0, 1.4, 1);
  ctx.globalAlpha = 0.55;
  for (let i = 0; i < 60; i++) {
    const [x, y] = [rng() * 1.4 - 0.1, rng() * 0.5];
    box(ctx, pick(CLOUDS, rng()), x, y, 0.08 + 0.2 * rng(), 0.02 + 0.04 * rng());
  }
  ctx.globalAlpha = 1;
  below(
    ctx,
    '#4a6f78',
    (x) => 0.53 + 0.07 * fbm(x * 3, 8) - 0.1 * Math.exp(-(((x - 0.15) / 0.3) ** 2)),
  );
}

/** The town upside down, darker and broken by the swell; then boats. */
function drawWater(ctx: Ctx): void {
  const { width, height } = ctx.canvas;
  const rng = mulberry32(14);
  box(ctx, '#2b1c1a', 0, QUAY, 1.4, 0.02);
  for (let y = QUAY + 0.02; y < 1; y += 0.012) {
    const from = Math.max(0, QUAY - (y - QUAY) * 1.3) * height;
    const sway = (rng() - 0.5) * 0.05;
    ctx.drawImage(ctx.canvas, 0, from, width, 0.012 * height, sway, y, width / height, 0.0125);
  }
  box(ctx, '#10394699', 0, QUAY + 0.02, 1.4, 0.4);
  for (let i = 0; i < 130; i++) {
    const y = QUAY + 0.03 + rng() * 0.28;
    const [x, wide] = [rng() * 1.4 - 0.05, 0.04 + 0.13 * rng()];
    box(ctx, pick(WAVES, rng()), x, y, wide, 0.006 + 0.048 * (y - QUAY));
  }
  for (const spot of spots(0.22, 0.88, 1.3, 0.5, 0.8, 0.75, 1.12, 0.93, 1.35)) boat(ctx, ...spot);
}

function boat(ctx: Ctx, x: number, y: number, size: number): void {
  const part = (tint: string, ...corners: number[]): void => {
    const placed = points(...corners).map(([dx, dy]) => [x + dx * size, y + dy * size] as const);
    polygon(ctx, tint, placed);
  };
  part('#f6e6c0', 0.005, -0.17, 0.075, -0.025, 0.005, -0.025);
  part('#c2472a', -0.004, -0.15, -0.055, -0.025, -0.004, -0.025);
  part('#141f28', -0.075, -0.02, 0.09, -0.02, 0.065, 0.02, -0.055, 0.02);
  part('#e2b878', -0.01, 0.03, 0.06, 0.03, 0.04, 0.042, 0, 0.042);
  part('#b5532f', -0.05, 0.05, 0.02, 0.05, 0.01, 0.06, -0.04, 0.06);
}

/** Whether walls may stand at a place: on the hill, or where the tower is. */
const built = (x: number, y: number): boolean =>
  y > QUAY - hill(x) - 0.08 || (Math.abs(x - 0.883) < 0.05 && y > 0.04);

/** The knife is held this way or that, seldom in between. */
const hold: Field = (x, y) => {
  const turn = noise(x * 31 + 5, y * 27);
  if (y > QUAY) return 0.12 * turn;
  if (built(x, y)) return turn > -0.1 ? Math.PI / 2 + 0.12 * turn : 0.1 * turn;
  return -0.55 + (turn > 0.35 ? 1.3 : 0) + 0.35 * turn;
};

export function town(): Panel {
  const rng = mulberry32(67);
  const panel = new Panel(960, 720, rng);
  const scene = sketch(panel.aspect, (ctx) => {
    drawSky(ctx);
    drawTown(ctx);
    drawWater(ctx);
  });
  wash(panel, scene);
  const common = { field: hold, scene, profile: slab, straight: true, hairs: 0.3, rim: 1.6 };
  const fine = (x: number, y: number): number => (built(x, y) ? 0.9 : 0.05);
  cover(panel, rng, {
    ...common,
    width: 0.09,
    length: 0.24,
    gap: 0.45,
    tolerance: 160,
    variety: 0.24,
    fray: 0.2,
    dry: 0.5,
  });
  cover(panel, rng, {
    ...common,
    width: 0.045,
    length: 0.13,
    gap: 0.6,
    tolerance: 90,
    variety: 0.2,
    fray: 0.2,
    dry: 0.6,
    where: (x, y) => 0.2 + fine(x, y),
  });
  cover(panel, rng, {
    ...common,
    width: 0.024,
    length: 0.07,
    gap: 0.7,
    tolerance: 60,
    variety: 0.2,
    fray: 0.15,
    dry: 0.5,
    where: fine,
  });
  cover(panel, rng, {
    ...common,
    width: 0.012,
    length: 0.035,
    gap: 0.8,
    tolerance: 45,
    variety: 0.15,
    fray: 0.15,
    dry: 0.3,
    where: (x, y) => 0.75 * fine(x, y),
  });
  return panel;
}
