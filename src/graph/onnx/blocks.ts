import * as op from '../operations.js';
import { rewritten } from '../rewrite.js';
import { sizeOf, type Shape, type Tensor } from '../tensor.js';

/*
 * On processors ONNX Runtime convolves activations that lie in memory in blocks of channels, and that is where its speed
 * comes from. Pools, sums, products and upsampling keep to the blocks; before and after anything else it inserts
 * conversions, each of them a walk through all numbers
 * (https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/optimizer/nchwc_transformer.cc). A convolution
 * of each channel by itself with one weight is a way into the blocks and costs no more than such a walk.
 */

/** Channels of a block with AVX-512; elsewhere they are 8, and a multiple of this as well. */
const BLOCK = 16;

/**
 * The same computation, with those convolutions where the way back of a network would leave the blocks; and with a matrix product
 * for a convolution of few channels, pixel by pixel, such as the one that makes the colors of a picture what a VGG expects:
 * its blocks would be nearly empty, and be filled and emptied all the same.
 */
export function inBlocks<Output extends string>(
  outputs: Readonly<Record<Output, Tensor>>,
): Readonly<Record<Output, Tensor>> {
  return rewritten(outputs, (tensor) =>
    consistsOfBlocks(tensor.shape) ? inOwnBlocks(tensor) : pixelByPixel(tensor),
  );
}

function inOwnBlocks(tensor: Tensor): Tensor {
  const { operation, shape, inputs } = tensor;
  const [x] = inputs;
  if (x === undefined) return tensor;
  switch (operation.type) {
    case 'step': // where a ReLU's gradient passes; the runtime makes one operator of both
      return op.tensor(operation, shape, [channelwise(x, 1)]);
    case 'scale': // an average pool's gradient
      return channelwise(x, operation.factor);
    case 'reshape': // a Gram matrix's gradient, which comes from a matrix product
      return channelwise(tensor, 1);
    default:
      return tensor;
  }
}

/** A convolution of 1×1, as the product of its kernel, a matrix, with a picture's channels and positions. */
function pixelByPixel(tensor: Tensor): Tensor {
  const { operation, shape, inputs } = tensor;
  const [x, kernel, bias] = inputs;
  if (operation.type !== 'convolve' || x === undefined || kernel === undefined) return tensor;
  const [d = 0, c = 0, height, width] = kernel.shape;
  const [, channels = 0, ...sides] = x.shape;
  if (height !== 1 || width !== 1 || c !== channels || Math.max(c, d) >= BLOCK) return tensor;
  const added = bias?.operation;
  if (added !== undefined && added.type !== 'constant') return tensor;
  const positions = sizeOf(sides);
  const product = op.matmul(op.reshape(kernel, [d, c]), op.reshape(x, [c, positions]));
  if (added === undefined) return op.reshape(product, shape);
  const everywhere = new Float32Array(d * positions);
  for (const [i, value] of added.values.entries())
    everywhere.fill(value, i * positions, (i + 1) * positions);
  return op.reshape(op.add(product, op.constant(everywhere, [d, positions])), shape);
}

function channelwise(x: Tensor, factor: number): Tensor {
  const [, channels = 0] = x.shape;
  return op.convolve(x, op.constant(new Float32Array(channels).fill(factor), [channels, 1, 1, 1]));
}

function consistsOfBlocks(shape: Shape): boolean {
  return shape.length === 4 && (shape[1] ?? 0) % BLOCK === 0;
}
