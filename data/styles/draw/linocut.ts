/** Sunrise over ploughed hills: light gouged out of a black block, printed over four inks. */
import { clamp, hex, mix, Panel, scatter, vary, type Profile, type Rgb } from './brush.js';
import { fbm, mulberry32, noise, trace, type Point, type Rng } from './field.js';

const BLACK = hex('#15110f');
const CREAM = hex('#f6ead0');
const GOLD = hex('#eaa83a');
const VERMILION = hex('#d83a22');
const TEAL = hex('#1f6f73');

const SUN = { x: 0.88, y: 0.3, r: 0.15 };

/** What is to be cut at a place: which part of the picture, in what ink, how open, which way. */
interface Cut {
  readonly part: number;
  readonly ink: Rgb;
  readonly light: number;
  readonly angle: number;
}

const HILLS: readonly ((x: number) => number)[] = [
  (x) => 0.43 + 0.07 * Math.sin(x * 4.2 + 0.5) + 0.015 * fbm(x * 7, 1),
  (x) => 0.52 + 0.08 * Math.sin(x * 3.1 + 3.6) + 0.01 * fbm(x * 7, 2),
  (x) => 0.64 + 0.05 * Math.sin(x * 3.6 + 1.2),
];
const HILL_INKS: readonly Rgb[] = [TEAL, GOLD, CREAM];

/** Cypresses: where they stand and how tall they are. */
const TREES: readonly (readonly [x: number, foot: number, tall: number])[] = [
  [0.22, 0.86, 0.7],
  [0.385, 0.79, 0.42],
  [0.07, 0.79, 0.46],
  [1.14, 0.67, 0.2],
  [1.2, 0.68, 0.26],
  [1.27, 0.67, 0.18],
  [0.62, 0.56, 0.1],
  [0.66, 0.565, 0.13],
];

function tree(x: number, y: number): Cut | undefined {
  for (const [i, [tx, foot, tall]] of TREES.entries()) {
    const up = (foot - y) / tall;
    if (up < 0 || up > 1) continue;
    const wide =
      tall * 0.15 * Math.sin(Math.PI * up ** 0.55) ** 0.8 * (1 + 0.25 * noise(up * 14, i * 7));
    const across = (x - tx) / Math.max(wide, 0.001);
    if (Math.abs(across) > 1) continue;
    const lit = clamp(0.36 + 0.62 * across * Math.sign(SUN.x - tx) + 0.3 * noise(x * 40, y * 30));
    const ink = up > 0.02 ? mix(TEAL, GOLD, clamp(lit * 1.6 - 0.5)) : BLACK;
    return {
      part: 20 + i,
      ink,
      light: lit * 0.8,
      angle: -Math.PI / 2 + across * 0.7 + 0.4 * noise(x * 20, y * 20),
    };
  }
  return undefined;
}

function plan(x: number, y: number): Cut {
  const standing = tree(x, y);
  if (standing) return standing;
  const [far, middle, near] = HILLS.map((hill) => hill(x));
  if (y > (near ?? 1)) return furrow(x, y, y - (near ?? 1));
  if (y > (middle ?? 1)) return slope(x, y, 1);
  if (y > (far ?? 1)) return slope(x, y, 0);
  const dx = x - SUN.x;
  const dy = y - SUN.y;
  const out = Math.hypot(dx, dy);
  const bearing = Math.atan2(dy, dx);
  if (out < SUN.r) return { part: 1, ink: CREAM, light: 0.93, angle: 0.25 * noise(x * 7, y * 12) };
  const ink = out < 0.3 ? GOLD : VERMILION;
  const ring = out < 0.3 ? 2 : 3;
  // Rays close to the sun; further out the wind draws the sky along.
  const angle = out < 0.3 ? bearing : 0.9 * fbm(x * 1.7 + 3, y * 2.6, 2) - 0.2;
  const cloud = fbm(x * 2.5, y * 9 + 4);
  if (cloud > 0.25 && out > 0.24)
    return { part: 4, ink: CREAM, light: 0.75 - cloud * 0.3, angle: 0.3 * noise(x * 6, y * 9) };
  return { part: ring, ink, light: clamp(1.05 - out * 0.75), angle };
}

/** The field in front: furrows that wind up to the hill and draw together there. */
function furrow(x: number, y: number, deep: number): Cut {
  const lane = (px: number, py: number): number => {
    const fall = py - 0.5;
    return (px - 0.62 - 0.16 * Math.sin(fall * 7)) / (fall + 0.04);
  };
  const slopeX = (lane(x + 0.002, y) - lane(x - 0.002, y)) / 0.004;
  const slopeY = (lane(x, y + 0.002) - lane(x, y - 0.002)) / 0.004;
  const row = Math.floor(lane(x, y) * 3.1 + 40);
  const ink = [GOLD, TEAL, CREAM, GOLD, mix(VERMILION, GOLD, 0.15)][row % 5] ?? GOLD;
  const light = clamp(0.9 - deep * 0.9 + 0.12 * noise(x * 9, y * 9));
  return { part: 300 + row, ink, light, angle: Math.atan2(-slopeX, slopeY) };
}

/** A hill is cut across its back, as if combed down from the crest. */
function slope(x: number, y: number, i: number): Cut {
  const crest = HILLS[i] ?? (() => 0.5);
  const tilt = Math.atan2(crest(x + 0.01) - crest(x - 0.01), 0.02);
  const deep = y - crest(x);
  const facing = clamp(0.55 + tilt * Math.sign(x - SUN.x) * 0.8);
  const field = Math.floor(x * 3.4 + deep * 4 + i * 0.5);
  const turn = field % 2 === 0 ? tilt + deep * 2 : tilt + 1.2 - deep * 2;
  const ink = field % 3 === 0 ? mix(HILL_INKS[i] ?? GOLD, CREAM, 0.75) : (HILL_INKS[i] ?? GOLD);
  return {
    part: 10 + i * 200 + field,
    ink,
    light: clamp(facing - deep * 1.6 + 0.25, 0.12, 0.9),
    angle: turn,
  };
}

/** Remembers where cuts run, so that neighbours keep their distance. */
class Spacing {
  private readonly cells = new Map<number, Point[]>();

  free([x, y]: Point, gap: number): boolean {
    const [cx, cy] = [Math.floor(x * 50), Math.floor(y * 50)];
    for (let i = cx - 1; i <= cx + 1; i++) {
      for (let j = cy - 1; j <= cy + 1; j++) {
        if (this.cells.get(i * 1000 + j)?.some((p) => Math.hypot(p[0] - x, p[1] - y) < gap))
          return false;
      }
    }
    return true;
  }

  add(p: Point): void {
    const key = Math.floor(p[0] * 50) * 1000 + Math.floor(p[1] * 50);
    this.cells.set(key, [...(this.cells.get(key) ?? []), p]);
  }
}

/** A gouge enters thin, opens with the light along its way, and leaves thin. */
function opening(path: readonly Point[], rng: Rng): Profile {
  const wobble = rng() * 100;
  return (t) => {
    const [x, y] = path[Math.floor(t * (path.length - 1))] ?? [0, 0];
    const taper = Math.min(1, (t + 0.02) * 5, (1.02 - t) * 3.5);
    return (
      taper * (0.3 + 0.62 * plan(x, y).light) * (1 + 0.16 * noise(t * path.length * 0.3, wobble))
    );
  };
}

export function linocut(): Panel {
  const rng = mulberry32(41);
  const panel = new Panel(960, 720, rng);
  // The black ink is rolled on thin: the paper glints through it like salt.
  panel.fill((x, y) => {
    const salt =
      noise(x * 420, y * 420) + 0.6 * fbm(x * 8, y * 8) > 1.05
        ? 0.45
        : 0.05 * (1 + noise(x * 300, y * 300));
    return [mix(BLACK, plan(x, y).ink, salt), 0.3 * noise(x * 250, y * 250)];
  });
  const spacing = new Spacing();
  for (const gap of [0.0155, 0.0105]) {
    for (const from of scatter(rng, panel.aspect, gap * 0.6)) {
      const start = plan(...from);
      if (start.light < 0.1 || !spacing.free(from, gap)) continue;
      const keep = (x: number, y: number): boolean =>
        plan(x, y).part === start.part && spacing.free([x, y], gap * 0.72);
      const path = trace(from, (x, y) => plan(x, y).angle, 0.12 + 0.3 * rng(), 0.004, keep);
      if (path.length < 5) continue;
      path.forEach((p) => spacing.add(p));
      const ink = vary(rng, start.ink, 0.07);
      panel.stroke({
        path,
        width: gap,
        profile: opening(path, rng),
        colors: [ink, mix(ink, BLACK, 0.1)],
        body: -0.8,
        fray: 0.1,
        dry: 0,
        hairs: 1,
        rim: 0.5,
      });
    }
  }
  return panel;
}
