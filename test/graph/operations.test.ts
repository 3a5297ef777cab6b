import { describe, expect, it } from 'vitest';
import * as op from '../../src/graph/operations.js';
import { gradientOf } from '../../src/graph/gradient.js';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { sizeOf, type Operation, type Shape, type Tensor } from '../../src/graph/tensor.js';
import { gradientError, TOLERANCE } from '../support/finite-differences.js';
import { values } from '../support/random.js';
import { evaluate } from '../support/reference.js';

const IMAGE = [1, 3, 4, 6];
const MATRIX = [3, 5];

const fixed = (shape: Shape, seed: number) => op.constant(values(sizeOf(shape), seed), shape);

/** One function of x for every operation; the record's type demands that none is forgotten. */
const cases: Readonly<
  Record<
    Exclude<Operation['type'], 'input' | 'constant'>,
    readonly [Shape, (x: Tensor) => Tensor][]
  >
> = {
  convolve: [
    [IMAGE, (x) => op.convolve(x, fixed([5, 3, 3, 3], 1))],
    [IMAGE, (x) => op.convolve(x, fixed([2, 3, 1, 1], 2), fixed([2], 3))],
    [IMAGE, (x) => op.convolve(x, fixed([4, 3, 1, 7], 4), fixed([4], 5))],
    [IMAGE, (x) => op.convolve(op.convolve(x, fixed([2, 3, 5, 5], 6)), fixed([3, 2, 7, 1], 7))],
    [IMAGE, (x) => op.convolve(x, fixed([6, 1, 3, 3], 14))],
    [[1, 4, 4, 6], (x) => op.convolve(x, fixed([6, 2, 3, 3], 15), fixed([6], 16))],
  ],
  relu: [[IMAGE, op.relu]],
  step: [[IMAGE, (x) => op.multiply(x, op.step(x))]],
  abs: [[MATRIX, op.abs]],
  averagePool: [[IMAGE, op.averagePool]],
  upsample: [[IMAGE, op.upsample]],
  boxFilter: [[IMAGE, op.boxFilter]],
  concatenate: [[IMAGE, (x) => op.concatenate([x, op.relu(x), op.slice(x, 1, 1, 2)])]],
  slice: [
    [IMAGE, (x) => op.slice(x, 1, 1, 3)],
    [IMAGE, (x) => op.slice(x, 3, 0, 5)],
  ],
  pad: [
    [IMAGE, (x) => op.pad(x, 2, 1, 2)],
    [MATRIX, (x) => op.pad(x, 0, 0, 3)],
  ],
  reshape: [[IMAGE, (x) => op.reshape(x, [3, 24])]],
  transpose: [[MATRIX, op.transpose]],
  matmul: [
    [MATRIX, (x) => op.matmul(x, fixed([5, 4], 8))],
    [MATRIX, (x) => op.matmul(fixed([2, 3], 9), x)],
  ],
  gram: [[MATRIX, op.gram]],
  add: [[MATRIX, (x) => op.add(x, x)]],
  subtract: [[MATRIX, (x) => op.subtract(fixed(MATRIX, 10), x)]],
  multiply: [[MATRIX, (x) => op.multiply(x, x)]],
  scale: [[MATRIX, (x) => op.scale(x, -2.5)]],
  sum: [[MATRIX, op.sum]],
  expand: [[[], (x) => op.expand(x, [2, 3])]],
};

/** A scalar that weighs every number of a tensor differently, so that no two errors cancel. */
function probe(y: Tensor): Tensor {
  return op.sum(op.multiply(y, fixed(y.shape, 99)));
}

describe.each(Object.entries(cases))('%s', (_, variants) => {
  it.each(variants.map(([shape, f], i) => ({ shape, f, i })))(
    'has the gradient that finite differences find (variant $i)',
    ({ shape, f, i }) => {
      const x = op.input('x', shape);
      const at = Float64Array.from(values(sizeOf(shape), 20 + i));
      expect(gradientError(probe(f(x)), x, { x: at })).toBeLessThan(TOLERANCE);
    },
  );

  it.each(variants.map(([shape, f], i) => ({ shape, f, i })))(
    'gives the same on ONNX Runtime as by the plain loops (variant $i)',
    async ({ shape, f, i }) => {
      const x = op.input('x', shape);
      const y = f(x);
      const outputs = { y, gradient: gradientOf(probe(y), x) };
      const at = values(sizeOf(shape), 40 + i);
      const expected = evaluate(outputs, { x: Float64Array.from(at) });
      const program = await onnxExecutor(1).compile(outputs);
      const actual = await program.run({ x: at });
      await program.release();
      for (const name of ['y', 'gradient'] as const) {
        expect(actual[name]).toHaveLength(expected[name].length);
        // Sums of at most a few hundred float32 products of order 1.
        for (const [k, value] of actual[name].entries())
          expect(value).toBeCloseTo(expected[name][k] ?? NaN, 4);
      }
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
