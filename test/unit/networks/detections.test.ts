import { describe, expect, it } from 'vitest';
import {
  decoded,
  merged,
  NUMBERS,
  overlap,
  type Box,
  type Detection,
  type Grid,
} from '../../../src/networks/detections.js';

/** A grid of 4 cells with 2 anchors each, of which one claims a face, 10 pixels wide and 20 high. */
const grid: Grid = { cells: 2, anchorsPerCell: 2 };
function claim(anchor: number, logit: number) {
  const logits = new Float32Array(8).fill(-100);
  logits[anchor] = logit;
  const offsets = new Float32Array(8 * NUMBERS);
  const points = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  offsets.set([5, -10, 10, 20, ...points], anchor * NUMBERS);
  return { grid, logits, offsets };
}

const face = (left: number, score: number, box: Partial<Box> = {}): Detection => ({
  box: { left, top: 0.5, width: 0.2, height: 0.2, ...box },
  points: [{ x: left, y: 0.6 }],
  score,
});

describe('decoding', () => {
  it('measures boxes and points from the middle of the anchor’s cell, in pixels', () => {
    // Anchor 5 is in the third cell, whose middle is at (¼, ¾): pixel (25, 75) of 100.
    const [found, ...others] = decoded(claim(5, 0), 100, 0.5);
    expect(others).toEqual([]);
    expect(found?.score).toBe(0.5);
    expect(found?.box.left).toBeCloseTo(0.25 + 0.05 - 0.05);
    expect(found?.box.top).toBeCloseTo(0.75 - 0.1 - 0.1);
    expect(found?.box.width).toBeCloseTo(0.1);
    expect(found?.box.height).toBeCloseTo(0.2);
    expect(found?.points).toHaveLength(6);
    expect(found?.points[0]?.x).toBeCloseTo(0.26);
    expect(found?.points[0]?.y).toBeCloseTo(0.77);
    expect(found?.points[5]?.x).toBeCloseTo(0.36);
    expect(found?.points[5]?.y).toBeCloseTo(0.87);
  });

  it('takes logits for likelihoods, and leaves out what is not likely enough', () => {
    expect(decoded(claim(0, Math.log(4)), 100, 0)[0]?.score).toBeCloseTo(0.8);
    expect(decoded(claim(0, Math.log(4)), 100, 0.81)).toEqual([]);
  });
});

describe('the overlap of two boxes', () => {
  it('is what they share of what they cover', () => {
    const box: Box = { left: 0, top: 0, width: 2, height: 1 };
    expect(overlap(box, box)).toBe(1);
    expect(overlap(box, { ...box, left: 1 })).toBeCloseTo(1 / 3);
    expect(overlap(box, { ...box, left: 1, top: 0.5 })).toBeCloseTo(0.5 / 3.5);
    expect(overlap(box, { ...box, top: 1 })).toBe(0);
    expect(overlap(box, { ...box, left: 5, top: 5 })).toBe(0);
  });
});

describe('merging', () => {
  it('averages what claims one face, by likelihood, and keeps the highest one', () => {
    const [found, ...others] = merged([face(0.1, 0.6), face(0.12, 0.9)]);
    expect(others).toEqual([]);
    expect(found?.score).toBe(0.9);
    expect(found?.box.left).toBeCloseTo((0.6 * 0.1 + 0.9 * 0.12) / 1.5);
    expect(found?.points[0]?.x).toBeCloseTo((0.6 * 0.1 + 0.9 * 0.12) / 1.5);
  });

  it('keeps faces apart that hardly overlap, the likeliest first', () => {
    const faces = [face(0.1, 0.7), face(0.25, 0.9), face(0.6, 0.8)];
    const found = merged(faces);
    expect(found.map(({ score }) => score)).toEqual([0.9, 0.8, 0.7]);
    // Each alone in its place, and unchanged but for rounding.
    for (const [i, left] of [0.25, 0.6, 0.1].entries())
      expect(found[i]?.box.left).toBeCloseTo(left);
  });

  it('finds nothing in nothing', () => {
    expect(merged([])).toEqual([]);
  });
});
