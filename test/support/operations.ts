import * as op from '../../src/graph/operations.js';
import { sizeOf, type Operation, type Shape, type Tensor } from '../../src/graph/tensor.js';
import { values } from './random.js';

export const IMAGE = [1, 3, 4, 6];
export const MATRIX = [3, 5];

/** A constant of random values. */
export const fixed = (shape: Shape, seed: number) =>
  op.constant(values(sizeOf(shape), seed), shape);

/** One function of x for every operation; the record's type demands that none is forgotten. */
export const cases: Readonly<
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
  spaceToDepth: [[IMAGE, op.spaceToDepth]],
  depthToSpace: [[[1, 8, 2, 3], op.depthToSpace]],
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
  multiply: [
    [MATRIX, (x) => op.multiply(x, x)],
    [IMAGE, (x) => op.multiply(x, op.sum(x))],
  ],
  scale: [[MATRIX, (x) => op.scale(x, -2.5)]],
  sum: [[MATRIX, op.sum]],
  sumOfSquares: [[IMAGE, op.sumOfSquares]],
  expand: [[[], (x) => op.expand(x, [2, 3])]],
};

/** A scalar that weighs every number of a tensor differently, so that no two errors cancel. */
export function probe(y: Tensor): Tensor {
  return op.sum(op.multiply(y, fixed(y.shape, 99)));
}
