import * as op from '../graph/operations.js';
import { sizeOf, type Shape, type Tensor } from '../graph/tensor.js';
import { build, convolved, type WindowLayer } from './build.js';
import type { Dense, Network, Padding } from './network.js';

/*
 * A network as the classifier it was trained to be. Unlike in painting, every stride, border and maximum is what it was
 * in training, and they are all written with the operations that the graph has: what a window with a stride sees is
 * what the same window sees at every pixel, of which every second one is kept. That is about a quarter more arithmetic
 * than it takes, for something that is done once per picture, and it needs no operation that painting does not.
 */

/**
 * The graph of the last layer before the softmax, [1, classes], for a picture [1, 3, side, side] in 0..1.
 * @throws Error if the network has no head, or the picture is not of the size that it takes
 */
export function logits(network: Network, picture: Tensor): Tensor {
  const { name, head } = network;
  if (head === undefined) throw new Error(`the network ${name} has no classifier`);
  const features = trainedFeatures(network, picture, [head.from]).get(head.from);
  const [, channels = 0, height = 0, width = 0] = features?.shape ?? [];
  if (features === undefined || height !== head.window || width !== head.window)
    throw new Error(`${name} classifies pictures of ${head.side}×${head.side} pixels`);
  const area = height * width;
  const mean = op.constant(new Float32Array(area).fill(1 / area), [area, 1]);
  const means = op.matmul(op.reshape(features, [channels, area]), mean);
  return head.dense.reduce(
    (x, layer, i) => dense(layer, i === 0 ? x : op.relu(x)),
    op.reshape(means, [1, channels]),
  );
}

/**
 * The graph of a network's activations at the named layers, as it was trained.
 * @throws Error if a layer does not exist
 */
export function trainedFeatures(
  network: Network,
  picture: Tensor,
  names: readonly string[],
): ReadonlyMap<string, Tensor> {
  return build(network, picture, names, exactly);
}

/** From logits to probabilities. */
export function softmax(values: Float32Array): Float64Array {
  const largest = Math.max(...values);
  const powers = Float64Array.from(values, (value) => Math.exp(value - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function dense({ kernel, bias }: Dense, x: Tensor): Tensor {
  const product = op.matmul(x, op.constant(kernel.values, kernel.shape));
  return op.add(product, op.constant(bias, [1, bias.length]));
}

function exactly(layer: WindowLayer, x: Tensor): Tensor {
  switch (layer.type) {
    case 'convolution': {
      const { kernel, stride, padding } = layer;
      return spatial.reduce(
        (result, axis) => {
          const extent = x.shape[axis] ?? 0;
          return every(result, axis, windows(extent, kernel.shape[axis] ?? 1, stride, padding));
        },
        convolved(layer, x),
      );
    }
    case 'maxPool':
      return spatial.reduce((result, axis) => maxPool(result, axis, layer.size), x);
    case 'averageFilter':
      // The filter divides by nine everywhere, also where fewer lie inside.
      return op.multiply(op.boxFilter(x), op.constant(ninthsInside(x.shape), x.shape));
  }
}

/** The axes of height and width. */
const spatial = [2, 3] as const;

/** Positions along an axis: `count` of them, `stride` apart. */
interface Positions {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
}

/** The middles of the windows of an odd size. */
function windows(extent: number, size: number, stride: number, padding: Padding): Positions {
  const middle = (size - 1) / 2;
  if (padding === 'valid')
    return { first: middle, stride, count: Math.floor((extent - size) / stride) + 1 };
  const count = Math.ceil(extent / stride);
  // TensorFlow's rule: as few zeros as it takes, the odd one after the end.
  // https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
  const zeros = Math.max((count - 1) * stride + size - extent, 0);
  return { first: middle - Math.floor(zeros / 2), stride, count };
}

/** The tensor at some positions along an axis. */
function every(x: Tensor, axis: number, { first, stride, count }: Positions): Tensor {
  const extent = x.shape[axis] ?? 0;
  if (stride === 1 && count === extent) return x;
  const end = first + count * stride;
  const part = op.slice(x, axis, first, Math.min(end, extent));
  if (stride === 1) return part;
  // As a matrix whose rows are `stride` positions each, the first of every row is a slice.
  const whole = end > extent ? op.pad(part, axis, 0, end - extent) : part;
  const width = sizeOf(x.shape.slice(axis + 1));
  const matrix = op.reshape(whole, [sizeOf(whole.shape) / (stride * width), stride * width]);
  return op.reshape(op.slice(matrix, 1, 0, width), x.shape.with(axis, count));
}

/** The largest of every `size` neighbors along an axis, one in every two positions. */
function maxPool(x: Tensor, axis: number, size: number): Tensor {
  const count = Math.floor(((x.shape[axis] ?? 0) - size) / 2) + 1;
  return Array.from({ length: size }, (_, first) =>
    every(x, axis, { first, stride: 2, count }),
  ).reduce(maximum);
}

function maximum(a: Tensor, b: Tensor): Tensor {
  return op.add(a, op.relu(op.subtract(b, a)));
}

/** For every pixel, nine by how many of its 3×3 neighborhood lie inside the picture. */
function ninthsInside(shape: Shape): Float32Array {
  const [, , height = 0, width = 0] = shape;
  const inside = (i: number, extent: number) =>
    Math.min(i + 1, extent - 1) - Math.max(i - 1, 0) + 1;
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    return 9 / (inside(y, height) * inside(x, width));
  });
}
