/** A tree by a lake at sundown, in stained glass: jewel panes, each brushed, in dark leading. */
import { clamp, cover, hex, mix, Panel, pick, vary, type Rgb, type Scene } from './brush.js';
import { fbm, mulberry32, noise, type Point, type Rng } from './field.js';
import { below, line, oval, points, polygon, sketch, spots, tints, type Ctx } from './sketch.js';

const SUN = { x: 0.47, y: 0.4 };
const LAKE = 0.6;
const SHORE = 0.79;
const LEAD = hex('#14131a');
/** A color unlike any other, which no stroke will cross. */
const NOWHERE: Rgb = [-999, -999, -999];

/** Rings of the sky, from the outermost to the sun itself, and how far each reaches. */
const SKIES = tints('#1c2f8c #3350bf #6a55c0 #b34fa0 #e85a66 #f58d3a #fcc044 #fff3bd');
const REACH = [1, 0.52, 0.42, 0.335, 0.26, 0.2, 0.145, 0.09];

function drawShapes(ctx: Ctx): void {
  SKIES.forEach((tint, i) => oval(ctx, tint, SUN.x, SUN.y, REACH[i] ?? 1));
  below(ctx, '#6d5bb0', (x) => 0.53 + 0.09 * noise(x * 3.2, 2));
  below(ctx, '#2f4f96', (x) => 0.57 + 0.063 * noise(x * 4.4, 7));
  lake(ctx);
  for (const [i, tint] of tints('#2f7a4a #1a5a3c #123f38').entries()) {
    below(ctx, tint, (x) => SHORE + 0.07 * i + 0.025 * Math.sin(x * 6 + i * 2.6 + 6.5));
  }
  tree(ctx);
  flowers(ctx);
}

/** Long bands of water, and in each the light of the sun. */
function lake(ctx: Ctx): void {
  const bands = tints('#3fa0b8 #1d6f9e #2f8f9f #174f8a #207f8c #123c74');
  for (const [i, tint] of bands.entries()) {
    const level = LAKE + ((SHORE - LAKE) * i) / bands.length;
    const top = (x: number): number => level + 0.008 * Math.sin(x * 13 + i * 2) * Math.min(i, 1);
    below(ctx, tint, top);
    const half = 0.085 - 0.008 * i + 0.03 * (i % 2);
    oval(ctx, i % 2 === 0 ? '#ffcf5a' : '#f2934a', SUN.x, top(SUN.x) + 0.017, half, 0.012);
  }
}

/** A trunk that leans into the picture, and a crown in clumps, each its own green or gold. */
function tree(ctx: Ctx): void {
  const rng = mulberry32(33);
  limb(ctx, points(0.2, 0.9, 0.25, 0.72, 0.16, 0.6, 0.22, 0.38), 0.085, 0.04);
  limb(ctx, points(0.195, 0.54, 0.24, 0.4, 0.34, 0.36, 0.4, 0.22), 0.045, 0.018);
  limb(ctx, points(0.195, 0.54, 0.18, 0.4, 0.1, 0.36, 0.05, 0.24), 0.042, 0.018);
  const leaves = tints('#1f7a4c #3f9a4a #8fb83a #12594a #d9b02f');
  for (const [x, y, r] of spots(
    ...[0.04, 0.24, 0.085, 0.13, 0.14, 0.095, 0.24, 0.3, 0.07, 0.26, 0.09, 0.1, 0.39, 0.17, 0.085],
    ...[0.24, 0.19, 0.09, 0.02, 0.36, 0.055, 0.12, 0.27, 0.07, 0.5, 0.1, 0.065, 0.44, 0.26, 0.045],
  )) {
    const outline = line(0, 6.28, (a) => {
      const scallop = r * (0.86 + 0.14 * Math.abs(Math.sin(a * 3.5 + x * 20)));
      return [x + scallop * Math.cos(a) * 1.12, y + scallop * Math.sin(a) * 0.85];
    });
    polygon(ctx, pick(leaves, rng()), outline);
  }
}

/** A tapering limb along a Bezier curve, in one outline so that it is one shape of glass. */
function limb(ctx: Ctx, curve: readonly Point[], thick: number, thin: number): void {
  const at = (t: number): Point => {
    const weights = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t ** 3];
    const on = (axis: 0 | 1): number =>
      curve.reduce((sum, p, i) => sum + p[axis] * (weights[i] ?? 0), 0);
    return [on(0), on(1)];
  };
  const side = (t: number, way: number): Point => {
    const [x, y] = at(t);
    const [nx, ny] = at(t + 0.01);
    const turn = Math.atan2(ny - y, nx - x) + (way * Math.PI) / 2;
    const knots = 1 + 0.25 * noise(t * 9, way * 5) + 0.5 * (1 - t) ** 8;
    const half = ((thick * (1 - t) + thin * t) / 2) * knots;
    return [x + Math.cos(turn) * half, y + Math.sin(turn) * half];
  };
  const outline = [...line(0, 1, (t) => side(t, 1)), ...line(1, 0, (t) => side(t, -1))];
  polygon(ctx, '#7a4028', outline);
}

/** Six petals of two colors, turn about, so that lead runs between them. */
function flowers(ctx: Ctx): void {
  const petals = tints('#c8203a #e8485a #e86a9a #c23a7a #e2522c #f0803a #7a3fb0 #a06ad0');
  const heads = spots(
    ...[0.58, 0.84, 0.045, 0.68, 0.9, 0.055, 0.47, 0.93, 0.052, 0.33, 0.88, 0.04],
    ...[0.09, 0.95, 0.05, 0.6, 0.97, 0.04, 0.72, 0.79, 0.035, 0.24, 0.97, 0.04],
  );
  for (const [n, [x, y, r]] of heads.entries()) {
    for (let i = 0; i < 6; i++) {
      const a = (i * Math.PI) / 3 + x * 9;
      const tint = petals[([2, 0, 4, 6, 0, 2, 4, 4][n] ?? 0) + (i % 2)] ?? '#c8203a';
      oval(ctx, tint, x + Math.cos(a) * r * 0.6, y + Math.sin(a) * r * 0.5, r * 0.52, r * 0.34, a);
    }
    oval(ctx, '#ffd24a', x, y, r * 0.3);
  }
}

interface Pane {
  readonly x: number;
  readonly y: number;
  readonly shape: number;
  readonly glass: Rgb;
  readonly streak: number;
}

const key = ([r, g, b]: Rgb): number => (r << 16) | (g << 8) | b;

/** Where panes are centerd: in rays about the sun, in long rows on the lake, loosely elsewhere. */
function centers(rng: Rng, shapes: Scene): Point[] {
  const places: Point[] = [[SUN.x, SUN.y]];
  for (const [ring, count] of points(
    ...[0.118, 13, 0.173, 15, 0.23, 17, 0.297, 19, 0.378, 21, 0.47, 24, 0.57, 30, 0.66, 34],
  )) {
    for (let i = 0; i < count; i++) {
      const a = ((i + 0.55 * rng() + ring * 7) / count) * Math.PI * 2;
      places.push([SUN.x + ring * Math.cos(a), SUN.y + ring * Math.sin(a)]);
    }
  }
  const skies = SKIES.map((tint) => key(hex(tint)));
  for (let y = 0.01; y < 1; y += 0.052) {
    for (let x = 0; x < 0.8; x += y > LAKE && y < SHORE ? 0.1 : 0.058) {
      const place: Point = [x + 0.05 * rng(), y + 0.035 * rng()];
      if (!skies.includes(key(shapes(...place)))) places.push(place);
    }
  }
  return [...places, ...missed(places, shapes)];
}

/** Small shapes (petals, say) that no center fell into get one of their own. */
function missed(places: readonly Point[], shapes: Scene): Point[] {
  const seen = new Map(places.map((place) => [key(shapes(...place)), Infinity]));
  const found: Point[] = [];
  for (let y = 0; y < 1; y += 0.005) {
    for (let x = 0; x < 0.75; x += 0.005) {
      const shape = key(shapes(x, y));
      const times = (seen.get(shape) ?? 0) + 1;
      seen.set(shape, times);
      // Blended colors along the edges of shapes do not turn up as often as this.
      if (times === 6) found.push([x, y]);
    }
  }
  return found;
}

function cutPanes(rng: Rng, shapes: Scene): Pane[] {
  return centers(rng, shapes).map(([x, y]) => {
    const base = shapes(x, y);
    const sunlit = Math.exp(-Math.hypot(x - SUN.x, y - SUN.y) / 0.22);
    const glass = vary(rng, mix(base, [255, 226, 130], sunlit * 0.25), 0.28);
    // Streaks lie along the rays, or across them, so that the light seems to spread from the sun.
    const bearing = Math.atan2(y - SUN.y, x - SUN.x);
    const streak = bearing + (rng() < 0.3 ? Math.PI / 2 : 0) + (rng() - 0.5) * 0.7;
    return { x, y, shape: key(base), glass, streak };
  });
}

/** Which pane every fine pixel belongs to: the nearest of those cut from the same shape. */
function glaze(panel: Panel, shapes: Scene, panes: readonly Pane[]): Int32Array {
  const owner = new Int32Array(panel.wide * panel.high);
  for (let i = 0; i < owner.length; i++) {
    // Hand-cut glass is never quite true.
    const px = (i % panel.wide) / panel.high;
    const py = Math.floor(i / panel.wide) / panel.high;
    const x = px + 0.004 * noise(px * 22, py * 22);
    const y = py + 0.004 * noise(px * 22 + 50, py * 22);
    const shape = key(shapes(x, y));
    let least = Infinity;
    let own = -shape - 1;
    for (let j = 0; j < panes.length; j++) {
      const pane = panes[j];
      if (pane?.shape !== shape) continue;
      const far = (pane.x - x) ** 2 + (pane.y - y) ** 2;
      if (far < least) [least, own] = [far, j];
    }
    owner[i] = own;
  }
  return owner;
}

/** Distance (in fine pixels) of every pixel from the nearest edge of a pane, by two sweeps. */
function distanceToEdge(owner: Int32Array, wide: number): Float32Array {
  const far = new Float32Array(owner.length).fill(1e4);
  const sweep = (i: number, way: 1 | -1): void => {
    const column = i % wide;
    // The ends of a row are not neighbours of the ends of the next.
    if (column === 0 || column === wide - 1) return;
    const differs = owner[i] !== owner[i + 1] || owner[i] !== (owner[i + wide] ?? owner[i]);
    const before = (j: number): number => far[j] ?? 1e4;
    far[i] = Math.min(
      differs ? 0 : before(i),
      before(i - way) + 1,
      before(i - way * wide) + 1,
      before(i - way * (wide + 1)) + Math.SQRT2,
      before(i - way * (wide - 1)) + Math.SQRT2,
    );
  };
  for (let i = 0; i < far.length; i++) sweep(i, 1);
  for (let i = far.length - 1; i >= 0; i--) sweep(i, -1);
  return far;
}

export function stainedGlass(): Panel {
  const rng = mulberry32(77);
  const panel = new Panel(720, 960, rng);
  const shapes = sketch(panel.aspect, drawShapes, panel.high);
  const panes = cutPanes(rng, shapes);
  const owner = glaze(panel, shapes, panes);
  const edge = distanceToEdge(owner, panel.wide);
  const pixel = (x: number, y: number): number => {
    const column = clamp(Math.round(x * panel.high), 0, panel.wide - 1);
    return clamp(Math.round(y * panel.high), 0, panel.high - 1) * panel.wide + column;
  };
  const paneAt = (x: number, y: number): Pane | undefined => panes[owner[pixel(x, y)] ?? -1];
  const insideLead = (x: number, y: number): number =>
    (edge[pixel(x, y)] ?? 0) - (7.5 + 3 * noise(x * 14, y * 14) + 1.2 * noise(x * 60, y * 60));
  const glass: Scene = (x, y) => shine(paneAt(x, y), insideLead(x, y), x, y);

  panel.fill((x, y) => {
    const inside = insideLead(x, y);
    if (inside >= 0) return [glass(x, y), 1.2 * fbm(x * 45, y * 45, 3)];
    const solder = 0.1 + 0.1 * noise(x * 50, y * 50);
    const bulge = 4 * Math.sqrt(clamp(-inside / 9));
    return [mix(LEAD, [120, 125, 140], solder), bulge + 0.6 * noise(x * 130, y * 130)];
  });
  // Glass paint, brushed on pane by pane and never over the lead.
  const brushed = {
    field: (x: number, y: number) => paneAt(x, y)?.streak ?? 0,
    tolerance: 75,
    variety: 0.24,
  };
  for (const [width, gap] of [
    [0.014, 0.8],
    [0.007, 1.6],
  ] as const) {
    const where = (x: number, y: number): number =>
      insideLead(x, y) > width * panel.high * 0.45 ? 1 : 0;
    const scene: Scene = (x, y) => (insideLead(x, y) > 4 ? glass(x, y) : NOWHERE);
    cover(panel, rng, {
      ...brushed,
      scene,
      width,
      gap,
      length: width * 4.5,
      where,
      body: 1.2,
      dry: 0.6,
    });
  }
  return panel;
}

/** The light that comes through a pane: dim near the lead, streaked, and stronger near the sun. */
function shine(pane: Pane | undefined, inside: number, x: number, y: number): Rgb {
  if (!pane) return LEAD;
  const along = x * Math.cos(pane.streak) + y * Math.sin(pane.streak);
  const across = y * Math.cos(pane.streak) - x * Math.sin(pane.streak);
  const streaks = fbm(along * 9 + pane.streak * 50, across * 70, 3);
  const inner = clamp(inside / 36);
  const sunlit = Math.exp(-Math.hypot(x - SUN.x, y - SUN.y) / 0.3);
  const light = 0.7 + 0.46 * inner ** 0.7 + 0.34 * streaks + 0.35 * sunlit;
  const spill = clamp(0.42 * (streaks - 0.15) + 0.2 * inner * (0.4 + sunlit), 0, 0.6);
  const [r, g, b] = pane.glass;
  return mix([r * light, g * light, b * light], mix(pane.glass, [255, 252, 232], 0.65), spill);
}
