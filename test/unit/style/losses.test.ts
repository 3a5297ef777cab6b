import { describe, expect, it } from 'vitest';
import * as op from '../../../src/graph/operations.js';
import type { Tensor } from '../../../src/graph/tensor.js';
import {
  contentLoss,
  gramMatrix,
  styleLoss,
  styleWeights,
  totalVariation,
} from '../../../src/style/losses.js';
import { evaluate } from '../../support/reference.js';

/** The numbers that a loss gives for an input `x` and a target, in float64. */
function valuesOf(
  graph: (x: Tensor) => Tensor,
  shape: readonly number[],
  x: readonly number[],
): number[] {
  const result = graph(op.input('x', shape));
  return [...evaluate({ result }, { x: Float64Array.from(x) }).result];
}

const constant = (shape: readonly number[], ...numbers: readonly number[]) =>
  op.constant(Float32Array.from(numbers), shape);

// Expected numbers are worked out by hand from the definitions in docs/engine.md, not from the code.

describe('the Gram matrix', () => {
  it('is the mean over the positions of the product of every two channels', () => {
    // Channels (1, 2, 3, 0) and (0, 1, −1, 2): products 14, 2 − 3 = −1 and 6, over four positions.
    const maps = [1, 2, 3, 0, 0, 1, -1, 2];
    expect(valuesOf(gramMatrix, [1, 2, 2, 2], maps)).toEqual([3.5, -0.25, -0.25, 1.5]);
  });

  it('is the same for a pattern and for the pattern repeated', () => {
    const once = valuesOf(gramMatrix, [1, 2, 1, 2], [1, 3, 2, -1]);
    expect(valuesOf(gramMatrix, [1, 2, 2, 2], [1, 3, 1, 3, 2, -1, 2, -1])).toEqual(once);
  });
});

describe('the style loss', () => {
  it('sums the amounts by which two Gram matrices differ, unsquared and weighted', () => {
    const [target, weights] = [constant([2, 2], 1, 0, 0, 5), constant([2, 2], 1, 2, 2, 3)];
    // |4 − 1| + 2·|½ − 0| + 2·|½ − 0| + 3·|3 − 5|
    expect(valuesOf((x) => styleLoss(x, target, weights), [2, 2], [4, 0.5, 0.5, 3])).toEqual([11]);
  });

  it('weighs entries by the activity of their channels, so that the painting itself weighs 1', () => {
    // Mean squares 16 and 1, and a hundredth of their mean: roots of about 2 and 1, products 4, 2, 2, 1.
    const gram = Float32Array.of(16, 2, 2, 1);
    const weights = styleWeights(gram);
    const [both = NaN, one = NaN, other = NaN, none = NaN] = weights;
    expect(one).toBe(other);
    expect(both / none).toBeCloseTo(4, 0);
    expect(one / none).toBeCloseTo(2, 1);
    expect(gram.reduce((sum, value, i) => sum + value * (weights[i] ?? NaN), 0)).toBeCloseTo(1);
  });

  it('lets a channel that the painting has not at all count a little', () => {
    const weights = styleWeights(Float32Array.of(1, 0, 0, 0));
    expect(weights[3]).toBeGreaterThan(0);
    expect(weights[3]).toBeLessThan(0.1 * (weights[0] ?? NaN));
    expect(styleWeights(new Float32Array(4)).every(Number.isFinite)).toBe(true);
  });
});

describe('the content loss', () => {
  it('sums the squares of the differences', () => {
    const target = constant([1, 1, 2, 2], 1, 0, 2, 5);
    // (4 − 1)² + ½² + 0² + (3 − 5)²
    expect(valuesOf((x) => contentLoss(x, target), [1, 1, 2, 2], [4, 0.5, 2, 3])).toEqual([13.25]);
  });
});

describe('the total variation', () => {
  it('is the sum of squared differences between neighbors, across and down, over the number of values', () => {
    // 1 3   across: 2² and 1², down: 3² and 0²
    // 4 3   and a flat second channel: 14 / 8
    expect(valuesOf(totalVariation, [1, 2, 2, 2], [1, 3, 4, 3, 7, 7, 7, 7])).toEqual([14 / 8]);
  });
});
