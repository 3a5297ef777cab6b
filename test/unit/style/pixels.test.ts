import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { adam } from '../../../src/style/adam.js';
import { borderFor, cropped, mirrored } from '../../../src/style/border.js';
import { colorStatistics, recolored } from '../../../src/style/recolor.js';
import { resample } from '../../../src/style/resample.js';
import { costOf } from '../../../src/style/cost.js';
import { pyramid, type Quality } from '../../../src/style/schedule.js';
import { pictureOf } from '../../../src/style/picture.js';
import { flat, meanOf, noise, waves } from '../../support/pictures.js';

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 90 }),
  height: fc.integer({ min: 1, max: 90 }),
});

describe('resample', () => {
  it('keeps a flat color flat, whatever the two sizes', () => {
    fc.assert(
      fc.property(sizes, sizes, (from, to) => {
        const { data, ...size } = resample(flat(from, 0.25, 0.5, 0.75), to);
        expect(size).toEqual(to);
        const pixels = to.width * to.height;
        const error = (value: number, i: number) =>
          Math.abs(value - ([0.25, 0.5, 0.75][Math.floor(i / pixels)] ?? NaN));
        expect(Math.max(...data.map(error))).toBeLessThan(5e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('turns a one-pixel checkerboard gray when shrinking instead of aliasing it', () => {
    const board = pictureOf({ width: 64, height: 64 }, (_, y, x) => (x + y) % 2);
    const small = resample(board, { width: 20, height: 20 });
    const middle = small.data.filter((_, i) => i % 20 > 2 && i % 20 < 17);
    expect(Math.max(...middle.map((value) => Math.abs(value - 0.5)))).toBeLessThan(0.05);
  });

  it('puts a ramp where it belongs, without a shift', () => {
    const ramp = pictureOf({ width: 40, height: 4 }, (_, __, x) => (x + 0.5) / 40);
    const { data } = resample(ramp, { width: 100, height: 4 });
    for (let x = 10; x < 90; x++) expect(data[x]).toBeCloseTo((x + 0.5) / 100, 4);
  });
});

describe('the mirrored border', () => {
  it('makes both sides multiples of the unit, leaves 16 pixels everywhere, and is cut off exactly', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(1, 4, 16, 32), (size, unit) => {
        const picture = noise(size, 1);
        const border = borderFor(size, unit);
        const wide = mirrored(picture, border);
        expect([wide.width % unit, wide.height % unit]).toEqual([0, 0]);
        expect(
          Math.min(border.left, border.top, border.right, border.bottom),
        ).toBeGreaterThanOrEqual(16);
        expect(cropped(wide, border)).toEqual(picture);
      }),
      { numRuns: 50 },
    );
  });

  it('repeats the edge pixel and goes back inward, as a mirror does', () => {
    const picture = pictureOf({ width: 3, height: 1 }, (_, __, x) => x);
    const wide = mirrored(picture, { left: 4, top: 0, right: 2, bottom: 0 });
    expect([...wide.data.subarray(0, 9)]).toEqual([2, 2, 1, 0, 0, 1, 2, 2, 1]);
  });
});

describe('recolored', () => {
  it('gives a photo the mean and covariance of a painting’s colors', () => {
    const photo = pictureOf(
      { width: 50, height: 40 },
      (c, y, x) => 0.4 + 0.2 * Math.sin(x * y + c),
    );
    const painting = waves({ width: 30, height: 30 }, 0.5);
    const softer = { ...painting, data: painting.data.map((value) => 0.3 + 0.4 * value) };
    const target = colorStatistics(softer);
    const actual = colorStatistics(recolored(photo, target));
    for (const [c, mean] of target.mean.entries()) expect(actual.mean[c]).toBeCloseTo(mean, 2);
    for (const [i, row] of target.covariance.to2DArray().entries())
      for (const [j, value] of row.entries())
        expect(actual.covariance.get(i, j)).toBeCloseTo(value, 2);
  });

  it('leaves a photo alone that has those colors already', () => {
    const photo = waves({ width: 40, height: 30 }, 1);
    const same = recolored(photo, colorStatistics(photo));
    expect(Math.max(...same.data.map((v, i) => Math.abs(v - (photo.data[i] ?? 0))))).toBeLessThan(
      1e-3,
    );
  });

  it('survives a photo of one single color', () => {
    const { data } = recolored(
      flat({ width: 8, height: 8 }, 1, 0, 0),
      colorStatistics(noise({ width: 9, height: 9 }, 1)),
    );
    expect(data.every(Number.isFinite)).toBe(true);
  });
});

describe('the pyramid', () => {
  it('ends at the full size, grows by about √2, and starts near 128 pixels', () => {
    const scales = pyramid({ width: 512, height: 384 }, 'normal');
    expect(scales.map(({ width }) => width)).toEqual([128, 181, 256, 362, 512]);
    expect(scales.map(({ iterations }) => iterations)).toEqual([80, 60, 60, 60, 50]);
    expect(scales.at(-1)).toMatchObject({ width: 512, height: 384 });
  });

  it('is guided by the photo up to 512 pixels, and by what was painted beyond', () => {
    const guides = pyramid({ width: 1024, height: 768 }, 'normal').map(({ guide }) => guide);
    expect(guides).toEqual([...Array<string>(5).fill('photo'), 'paint', 'paint']);
  });

  it('costs a panorama as much as a square of the same area, nearly', () => {
    const square = costOf(pyramid({ width: 400, height: 400 }, 'normal'), 2);
    expect(costOf(pyramid({ width: 1600, height: 100 }, 'normal'), 2) / square).toBeGreaterThan(
      0.9,
    );
    // It has more border.
    expect(costOf(pyramid({ width: 1600, height: 100 }, 'normal'), 2) / square).toBeLessThan(1.2);
  });

  it('has a draft moved more boldly than the others, whose steps are many', () => {
    const rateOf = (quality: Quality) =>
      pyramid({ width: 512, height: 512 }, quality)[0]?.pace.rate;
    expect(rateOf('draft')).toBeGreaterThan(rateOf('normal') ?? NaN);
    expect(rateOf('fine')).toBe(rateOf('normal'));
  });

  it('has one scale for the smallest picture', () => {
    expect(pyramid({ width: 1, height: 1 }, 'normal')).toEqual([
      {
        width: 1,
        height: 1,
        iterations: 80,
        guide: 'photo',
        toCome: 0,
        pace: { rate: 0.015, memory: 0.95 },
      },
    ]);
  });
});

describe('Adam', () => {
  const pace = { rate: 0.015, memory: 0.95 };

  it('finds the minimum of a badly scaled quadratic, and its average lies closer than its iterate', () => {
    const goal = [0.2, 0.5, 0.9];
    const optimizer = adam(new Float32Array(3).fill(0.5), pace);
    const stretch = [1, 100, 0.01];
    for (let i = 0; i < 300; i++)
      optimizer.step(optimizer.iterate.map((x, k) => (stretch[k] ?? 0) * (x - (goal[k] ?? 0))));
    for (const [k, value] of optimizer.average().entries())
      expect(value).toBeCloseTo(goal[k] ?? NaN, 1);
  });

  // Kingma and Ba 2015, algorithm 1, with α = 0.015, β₁ = 0.9, β₂ = 0.99, worked out on paper:
  //   t = 1, g = 1:   m = 0.1,  v = 0.01,   m̂ = 0.1/0.1 = 1,      v̂ = 0.01/0.01 = 1
  //   t = 2, g = −½:  m = 0.04, v = 0.0124, m̂ = 0.04/0.19 = 4/19, v̂ = 0.0124/0.0199 = 124/199
  const first = 0.5 - 0.015;
  const second = first - (0.015 * (4 / 19)) / Math.sqrt(124 / 199);
  const afterTwoSteps = (unit = 1) => {
    const optimizer = adam(Float32Array.of(0.5), pace);
    optimizer.step(Float32Array.of(unit));
    const afterOne = optimizer.iterate[0];
    optimizer.step(Float32Array.of(-unit / 2));
    return [afterOne, optimizer.iterate[0]];
  };

  it('takes the first steps of the paper, with both moments corrected for their start at zero', () => {
    const [one, two] = afterTwoSteps();
    expect(one).toBeCloseTo(first, 6);
    expect(two).toBeCloseTo(second, 6);
  });

  it('does not mind the unit of the gradient', () => {
    const [one, two] = afterTwoSteps(1000);
    expect(one).toBeCloseTo(first, 6);
    expect(two).toBeCloseTo(second, 6);
  });

  it('averages its iterates with weights 0.95, corrected for their start at zero', () => {
    const optimizer = adam(Float32Array.of(0.5), pace);
    optimizer.step(Float32Array.of(1));
    expect(optimizer.average()[0]).toBeCloseTo(first, 6);
    optimizer.step(Float32Array.of(-0.5));
    expect(optimizer.average()[0]).toBeCloseTo((0.95 * first + second) / 1.95, 6);
  });

  it('never leaves 0..1', () => {
    const optimizer = adam(Float32Array.of(0.01, 0.99), pace);
    for (let i = 0; i < 10; i++) optimizer.step(Float32Array.of(1, -1));
    expect([...optimizer.iterate]).toEqual([0, 1]);
  });

  it('averages to the start before the first step', () => {
    expect(meanOf(adam(Float32Array.of(0.25, 0.75), pace).average())).toBeCloseTo(0.5);
  });
});
