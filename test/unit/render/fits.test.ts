import { expect, it } from 'vitest';
import { largestSizeIn } from '../../../src/render/fits.js';

it('a picture may be the larger the more memory there is, and none fits into too little', () => {
  expect(largestSizeIn(0.5e9)).toBe(0);
  expect(largestSizeIn(1.2e9)).toBeGreaterThan(512);
  expect(largestSizeIn(4.096e9)).toBeGreaterThanOrEqual(2048); // the default
  expect(largestSizeIn(2e9)).toBeGreaterThan(largestSizeIn(1.5e9));
});

it('a picture is not estimated to take less than was measured', () => {
  // 2.8 GB at 2048×1576 pixels; see fits.ts.
  expect(largestSizeIn(2.8e9) ** 2).toBeLessThanOrEqual(2048 * 1576);
});
