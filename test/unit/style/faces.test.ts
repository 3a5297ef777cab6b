import { describe, expect, it } from 'vitest';
import { faceMask } from '../../../src/style/faces.js';

const none = { left: 0, top: 0, right: 0, bottom: 0 };
const size = { width: 100, height: 50 };
/** 20 pixels wide and high, in the middle. */
const box = { left: 0.4, top: 0.3, width: 0.2, height: 0.4 };
const mask = faceMask([box], size, none);

describe('the mask of faces', () => {
  it('is 1 in the middle of a face, 0 away from it, and always between', () => {
    const values = mask(size);
    const at = (x: number, y: number) => values[y * 100 + x];
    expect(values).toHaveLength(5000);
    expect(at(50, 24)).toBe(1);
    for (const [x, y] of [
      [0, 0],
      [99, 49],
      [30, 25],
      [70, 25],
      [50, 45],
    ] as const)
      expect(at(x, y), `${x}, ${y}`).toBe(0);
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('covers the box, and fades so that no edge shows', () => {
    const values = mask({ width: 1000, height: 500 });
    const row = values.subarray(230 * 1000, 231 * 1000);
    const half = row.findIndex((value) => value >= 0.5);
    expect(half).toBeGreaterThan(370);
    expect(half).toBeLessThan(410); // the box begins at 400
    // From 0 to 1 over 80 pixels: nowhere steeper than a cubic of that length.
    const steps = row.subarray(1).map((value, i) => Math.abs(value - (row[i] ?? NaN)));
    expect(Math.max(...steps)).toBeLessThan((1.5 / 80) * 1.05);
    const edges = steps.filter((step) => step > 0);
    expect(Math.min(...edges.slice(0, 3), ...edges.slice(-3))).toBeLessThan(1e-3);
  });

  it('is the same at every resolution', () => {
    const [fine, coarse] = [mask({ width: 400, height: 200 }), mask({ width: 25, height: 12 })];
    const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(coarse) / mean(fine)).toBeCloseTo(1, 1);
    // The middle of a coarse cell is a corner of fine ones: x = 48 of 100 lies between columns 191 and 192.
    expect(coarse[6 * 25 + 12]).toBe(1);
  });

  it('covers faces in the mirrored border as mirrors show them', () => {
    const atEdge = { left: 0, top: 0.3, width: 0.2, height: 0.4 };
    const border = { left: 16, top: 8, right: 12, bottom: 6 };
    const grid = { width: 128, height: 64 };
    const values = faceMask([atEdge], size, border)(grid);
    const inside = faceMask([atEdge], size, none)(size);
    const at = (x: number, y: number) => values[(y + 8) * 128 + x + 16];
    for (let y = 0; y < 50; y++)
      for (let x = 0; x < 100; x++) expect(at(x, y)).toBeCloseTo(inside[y * 100 + x] ?? NaN, 5);
    for (let x = 0; x < 16; x++) expect(at(-1 - x, 25)).toBeCloseTo(at(x, 25) ?? NaN, 5);
    expect(at(-1, 23)).toBeGreaterThan(0.5);
    for (let y = 0; y < 6; y++) expect(at(10, 50 + y)).toBeCloseTo(at(10, 49 - y) ?? NaN, 5);
  });

  it('of several faces is that of the one that is nearest, and of none is 0', () => {
    const other = { ...box, left: 0.5 };
    const [one, two] = [mask(size), faceMask([other], size, none)(size)];
    const both = faceMask([box, other], size, none)(size);
    expect(both).toEqual(one.map((value, i) => Math.max(value, two[i] ?? NaN)));
    expect(Math.max(...faceMask([], size, none)(size))).toBe(0);
  });
});
