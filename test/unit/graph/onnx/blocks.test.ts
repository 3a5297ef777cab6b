import { expect, it } from 'vitest';
import { gradientOf } from '../../../../src/graph/gradient.js';
import { inBlocks } from '../../../../src/graph/onnx/blocks.js';
import { onnxExecutor } from '../../../../src/graph/onnx/executor.js';
import * as op from '../../../../src/graph/operations.js';
import { inOrder, sizeOf, type Shape, type Tensor } from '../../../../src/graph/tensor.js';
import { values } from '../../../support/random.js';
import { evaluate } from '../../../support/reference.js';

const PICTURE = [1, 3, 4, 6];
const constant = (shape: Shape, seed: number) => op.constant(values(sizeOf(shape), seed), shape);

/** A network with that many channels, its Gram matrix after a pool, and their gradient. */
function loss(channels: number): Readonly<Record<'gram' | 'gradient', Tensor>> {
  const picture = op.input('picture', PICTURE);
  const first = op.relu(op.convolve(picture, constant([channels, 3, 3, 3], 1)));
  const second = op.convolve(op.averagePool(first), constant([channels, channels, 3, 3], 2));
  const gram = op.gram(op.reshape(op.relu(second), [channels, 6]));
  return { gram, gradient: gradientOf(op.sum(op.abs(gram)), picture) };
}

const at = values(sizeOf(PICTURE), 3);
const channelwise = (tensors: readonly Tensor[]) =>
  inOrder(tensors).filter(
    ({ operation, inputs }) => operation.type === 'convolve' && inputs[1]?.shape[1] === 1,
  ).length;

it('changes nothing of what is computed', () => {
  const outputs = loss(16);
  const inputs = { picture: Float64Array.from(at) };
  expect(evaluate(inBlocks(outputs), inputs)).toEqual(evaluate(outputs, inputs));
});

it('gives the same on ONNX Runtime as the plain loops', async () => {
  const outputs = loss(16);
  const program = await onnxExecutor(1).compile(outputs);
  const { gradient } = await program.run({ picture: at });
  await program.release();
  const expected = evaluate(outputs, { picture: Float64Array.from(at) }).gradient;
  // Relative to the largest: sums of a few hundred float32 products.
  const largest = Math.max(...expected.map(Math.abs));
  for (const [i, value] of gradient.entries())
    expect(value / largest).toBeCloseTo((expected[i] ?? NaN) / largest, 5);
});

it('keeps both ReLUs, the pool and the Gram matrix in blocks on the way back', () => {
  expect(channelwise(Object.values(inBlocks(loss(16))))).toBe(4);
});

it('leaves alone what does not consist of blocks', () => {
  const outputs = loss(12);
  const types = (tensors: Readonly<Record<string, Tensor>>) =>
    inOrder(Object.values(tensors)).map(({ operation }) => operation.type);
  expect(types(inBlocks(outputs))).toEqual(types(outputs));
});

it.each([
  ['with a bias', constant([2], 5)],
  ['without', undefined],
])('makes a matrix product of a convolution of few channels, pixel by pixel, %s', (_, bias) => {
  const picture = op.input('picture', PICTURE);
  const result = op.convolve(picture, constant([2, 3, 1, 1], 4), bias);
  const outputs = { result, gradient: gradientOf(op.sumOfSquares(result), picture) };
  const rewritten = inBlocks(outputs);
  const types = inOrder(Object.values(rewritten)).map(({ operation }) => operation.type);
  expect(types).toContain('matmul');
  expect(types).not.toContain('convolve');
  const inputs = { picture: Float64Array.from(at) };
  const [expected, actual] = [evaluate(outputs, inputs), evaluate(rewritten, inputs)];
  for (const name of ['result', 'gradient'] as const)
    for (const [i, value] of actual[name].entries())
      expect(value).toBeCloseTo(expected[name][i] ?? NaN, 6);
});
