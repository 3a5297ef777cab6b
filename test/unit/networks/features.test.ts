import { describe, expect, it } from 'vitest';
import * as op from '../../../src/graph/operations.js';
import { sizeOf } from '../../../src/graph/tensor.js';
import { features } from '../../../src/networks/features.js';
import type { Network } from '../../../src/networks/network.js';
import { values } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';

/** A network of one convolution with a stride of 2. */
function halving(kernelShape: readonly number[]): Network {
  const bias = values(kernelShape[0] ?? 0, 2);
  const kernel = { shape: kernelShape, values: values(sizeOf(kernelShape), 1) };
  const layer = { type: 'convolution', stride: 2, padding: 'same', from: ['input'] } as const;
  return { name: 'halving', layers: new Map([['conv', { ...layer, kernel, bias }]]) };
}

describe('a convolution with a stride of 2', () => {
  it.each([
    [[5, 3, 3, 3], 'of a picture'],
    [[5, 3, 1, 1], 'of a picture, pixel by pixel'],
    [[2, 3, 7, 7], 'of a picture, with a large window'],
    [[4, 3, 5, 3], 'of a picture, with a window that is no square'],
    [[6, 1, 3, 3], 'of each color by itself'],
    [[5, 8, 3, 3], 'of many channels'],
  ])('becomes the mean of four of stride 1, up to the border: %j, %s', (shape) => {
    const channels = shape[1] === 1 ? 3 : (shape[1] ?? 0);
    const network = halving(shape);
    const picture = op.input('picture', [1, channels, 8, 10]);
    const { kernel, bias } = { kernel: values(sizeOf(shape), 1), bias: values(shape[0] ?? 0, 2) };
    const expected = op.averagePool(
      op.convolve(picture, op.constant(kernel, shape), op.constant(bias, [bias.length])),
    );
    const actual = features(network, picture, ['conv']).get('conv') ?? picture;
    const at = { picture: Float64Array.from(values(sizeOf(picture.shape), 3)) };
    const found = evaluate({ actual, expected }, at);
    expect(actual.shape).toEqual(expected.shape);
    for (const [i, value] of found.actual.entries())
      expect(value).toBeCloseTo(found.expected[i] ?? NaN, 6);
  });

  it('of an even window is refused', () => {
    const picture = op.input('picture', [1, 3, 8, 10]);
    expect(() => features(halving([5, 3, 2, 2]), picture, ['conv'])).toThrow('even');
  });

  it('of a picture makes nothing that is as large as the picture, apart from the picture', () => {
    const picture = op.input('picture', [1, 3, 8, 10]);
    const conv = features(halving([32, 3, 3, 3]), picture, ['conv']).get('conv') ?? picture;
    expect(conv.operation.type).toBe('convolve');
    expect(conv.inputs[0]?.shape).toEqual([1, 12, 4, 5]);
  });
});
