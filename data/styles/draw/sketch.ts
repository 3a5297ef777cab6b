/** The underpainting: plain flat shapes, drawn with few words, that strokes then take colors from. */
import { createCanvas, type CanvasGradient, type SKRSContext2D } from '@napi-rs/canvas';
import type { Scene } from './brush.js';
import type { Point } from './field.js';

export type Ctx = SKRSContext2D;
export type Tint = string | CanvasGradient;

/** Draws a picture 1 high with the canvas, and gives back its colors. */
export function sketch(aspect: number, draw: (ctx: Ctx) => void, high = 720): Scene {
  const wide = Math.round(high * aspect);
  const ctx = createCanvas(wide, high).getContext('2d');
  ctx.scale(high, high);
  draw(ctx);
  const { data } = ctx.getImageData(0, 0, wide, high);
  return (x, y) => {
    const column = Math.max(0, Math.min(wide - 1, Math.floor(x * high)));
    const row = Math.max(0, Math.min(high - 1, Math.floor(y * high)));
    const i = (row * wide + column) * 4;
    return [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
  };
}

/** Splits a list of words, so that palettes read as palettes. */
export const tints = (list: string): string[] => list.split(' ');

/** Reads a flat list of numbers as points. */
export function points(...flat: number[]): Point[] {
  return flat.flatMap((x, i) => (i % 2 === 0 ? [[x, flat[i + 1] ?? 0] as const] : []));
}

/** Reads a flat list of numbers as places with a size each. */
export function spots(...flat: number[]): (readonly [x: number, y: number, size: number])[] {
  return flat.flatMap((x, i) =>
    i % 3 === 0 ? [[x, flat[i + 1] ?? 0, flat[i + 2] ?? 0] as const] : [],
  );
}

/** Points along a line that is given by a function. */
export function line(from: number, to: number, at: (t: number) => Point): Point[] {
  const count = Math.ceil(Math.abs(to - from) / 0.01);
  return Array.from({ length: count + 1 }, (_, i) => at(from + ((to - from) * i) / count));
}

export function polygon(ctx: Ctx, tint: Tint, corners: readonly Point[]): void {
  ctx.fillStyle = tint;
  ctx.beginPath();
  for (const [x, y] of corners) ctx.lineTo(x, y);
  ctx.fill();
}

export function oval(
  ctx: Ctx,
  tint: Tint,
  x: number,
  y: number,
  rx: number,
  ry = rx,
  turn = 0,
): void {
  ctx.fillStyle = tint;
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, turn, 0, 7);
  ctx.fill();
}

export function box(ctx: Ctx, tint: Tint, x: number, y: number, wide: number, high: number): void {
  ctx.fillStyle = tint;
  ctx.fillRect(x, y, wide, high);
}

/** Fills everything below a skyline, right across the picture. */
export function below(ctx: Ctx, tint: Tint, skyline: (x: number) => number): void {
  polygon(ctx, tint, [[-0.01, 1.1], ...line(-0.01, 1.4, (x) => [x, skyline(x)]), [1.4, 1.1]]);
}

/** Sets colors into a gradient, evenly, or at the places that are named as `#color@place`. */
export function ramp(gradient: CanvasGradient, list: string): CanvasGradient {
  const stops = tints(list);
  stops.forEach((stop, i) => {
    const [tint, place] = stop.split('@');
    gradient.addColorStop(place ? Number(place) : i / (stops.length - 1), tint ?? '#000000');
  });
  return gradient;
}
