import { describe, expect, it } from 'vitest';
import * as op from '../../../src/graph/operations.js';
import { gradientOf } from '../../../src/graph/gradient.js';
import { sizeOf } from '../../../src/graph/tensor.js';
import { gradientError, TOLERANCE } from '../../support/finite-differences.js';
import { cases, fixed, IMAGE, MATRIX, probe } from '../../support/operations.js';
import { values } from '../../support/random.js';

describe.each(Object.entries(cases))('%s', (_, variants) => {
  it.each(variants.map(([shape, f], i) => ({ shape, f, i })))(
    'has the gradient that finite differences find (variant $i)',
    ({ shape, f, i }) => {
      const x = op.input('x', shape);
      const at = Float64Array.from(values(sizeOf(shape), 20 + i));
      expect(gradientError(probe(f(x)), x, { x: at })).toBeLessThan(TOLERANCE);
    },
  );
});

describe('the gradient check itself', () => {
  it('notices a convolution whose backward kernel is not turned', () => {
    const x = op.input('x', IMAGE);
    const kernel = fixed([3, 3, 3, 3], 11);
    const right = op.convolve(x, kernel);
    const wrong = op.tensor(right.operation, right.shape, right.inputs, (gradient) => [
      op.convolve(gradient, kernel),
    ]);
    const at = Float64Array.from(values(sizeOf(IMAGE), 12));
    expect(gradientError(probe(right), x, { x: at })).toBeLessThan(TOLERANCE);
    expect(gradientError(probe(wrong), x, { x: at })).toBeGreaterThan(0.1);
  });

  it('notices a factor that is one percent off', () => {
    const x = op.input('x', MATRIX);
    const wrong = op.tensor({ type: 'scale', factor: 2 }, MATRIX, [x], (gradient) => [
      op.scale(gradient, 2.02),
    ]);
    const at = Float64Array.from(values(sizeOf(MATRIX), 13));
    expect(gradientError(probe(wrong), x, { x: at })).toBeGreaterThan(1e-3);
  });
});

describe('operations refuse shapes that do not fit', () => {
  const x = op.input('x', IMAGE);
  const m = op.input('m', MATRIX);
  it.each([
    ['channels', () => op.convolve(x, fixed([2, 4, 3, 3], 1))],
    ['groups', () => op.convolve(x, fixed([4, 1, 3, 3], 1))],
    ['even kernels', () => op.convolve(x, fixed([2, 3, 2, 2], 1))],
    ['odd pictures', () => op.averagePool(op.input('y', [1, 3, 5, 4]))],
    ['odd blocks', () => op.spaceToDepth(op.input('y', [1, 3, 5, 4]))],
    ['channels that are no blocks', () => op.depthToSpace(x)],
    ['products of unlike shapes', () => op.multiply(x, m)],
    ['inner extents', () => op.matmul(m, m)],
    ['different shapes', () => op.add(x, op.input('y', [1, 3, 4, 5]))],
    ['slices beyond the end', () => op.slice(x, 1, 2, 4)],
    ['constants of the wrong length', () => op.constant(new Float32Array(3), [2, 2])],
    ['expanding what is no scalar', () => op.expand(m, IMAGE)],
  ])('%s', (_, build) => {
    expect(build).toThrow(/\(\[|not/);
  });
});

describe('gradientOf', () => {
  it('refuses a loss that is not a scalar, or that does not depend on the variable', () => {
    const x = op.input('x', MATRIX);
    const other = op.input('other', MATRIX);
    expect(() => gradientOf(x, x)).toThrow('scalar');
    expect(() => gradientOf(op.sum(other), x)).toThrow('depend');
  });
});
