import type { Rank, Tensor as Values, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tensor } from '../tensor.js';
import { arranged, brought, reshaped, type Held, type TensorFlow } from './layout.js';

/** What an operation needs on the device besides its inputs, the same in every run; empty for most. */
export function constantsOf(tf: TensorFlow, { operation, inputs }: Tensor): readonly Values[] {
  switch (operation.type) {
    case 'convolve': {
      const [, kernel, bias] = inputs;
      // From [d, c, height, width] to [height, width, c, d].
      const filter = tf.transpose(constant(tf, kernel), [2, 3, 1, 0]);
      return bias === undefined ? [filter] : [filter, constant(tf, bias)];
    }
    case 'scale':
      return [tf.scalar(operation.factor)];
    default:
      return [];
  }
}

function constant(tf: TensorFlow, tensor: Tensor | undefined): Values {
  if (tensor?.operation.type !== 'constant') throw new Error('a kernel that is not constant');
  return tf.tensor(tensor.operation.values, [...tensor.shape]);
}

/** One operation, from its inputs' values. */
export function compute(
  tf: TensorFlow,
  { operation, shape, inputs }: Tensor,
  parts: readonly Held[],
  constants: readonly Values[],
): Held {
  const [a, b = a] = parts;
  if (a === undefined || b === undefined) throw new Error(`${operation.type} of nothing`);
  const { values: x, isChannelsLast } = a;
  const alike = (values: Values): Held => ({ values, isChannelsLast });
  const other = () => brought(tf, b, isChannelsLast);
  switch (operation.type) {
    case 'convolve':
      return alike(convolve(tf, image(tf, x), constants));
    case 'relu':
      return alike(tf.relu(x));
    case 'step':
      return alike(tf.step(x));
    case 'abs':
      return alike(tf.abs(x));
    case 'averagePool':
      return alike(tf.avgPool(image(tf, x), 2, 2, 'valid'));
    case 'upsample': {
      const picture = image(tf, x);
      const [, height, width] = picture.shape;
      return alike(tf.image.resizeNearestNeighbor(picture, [2 * height, 2 * width]));
    }
    case 'boxFilter': // its own border would count only what lies inside
      return alike(
        tf.avgPool(
          tf.pad(image(tf, x), [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
          3,
          1,
          'valid',
        ),
      );
    case 'spaceToDepth':
      return alike(spaceToDepth(tf, image(tf, x)));
    case 'depthToSpace':
      return alike(tf.depthToSpace(image(tf, x), 2, 'NHWC'));
    case 'concatenate':
      return alike(
        tf.concat(
          parts.map((picture) => picture.values),
          3,
        ),
      );
    case 'slice': {
      const { axis, start } = operation;
      const begin = shape.map((_, i) => (i === axis ? start : 0));
      return alike(tf.slice(x, arranged(begin, isChannelsLast), arranged(shape, isChannelsLast)));
    }
    case 'pad': {
      const { axis, before, after } = operation;
      const zeros = shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0]));
      return alike(tf.pad(x, arranged(zeros, isChannelsLast)));
    }
    case 'reshape':
      return reshaped(tf, a, inputs[0]?.shape ?? [], shape);
    case 'transpose': // the same numbers, seen the other way
      return { values: tf.clone(x), isChannelsLast: !isChannelsLast };
    case 'matmul':
      // (a·b)ᵀ = bᵀ·aᵀ: the product is kept as its second factor is, which is the large one in a Gram matrix's gradient.
      return b.isChannelsLast
        ? {
            values: tf.matMul(b.values, x, false, !isChannelsLast),
            isChannelsLast: true,
          }
        : { values: tf.matMul(x, b.values, isChannelsLast, false), isChannelsLast: false };
    case 'gram':
      return { values: tf.matMul(x, x, isChannelsLast, !isChannelsLast), isChannelsLast: false };
    case 'add':
      return alike(tf.add(x, other()));
    case 'subtract':
      return alike(tf.sub(x, other()));
    case 'multiply': // a scalar is laid out as anything else is
      return alike(tf.mul(x, b.values.rank === 0 ? b.values : other()));
    case 'scale':
      return alike(tf.mul(x, constants[0] ?? operation.factor));
    case 'sum':
      return { values: tf.sum(x), isChannelsLast: false };
    case 'sumOfSquares':
      return { values: tf.sum(tf.square(x)), isChannelsLast: false };
    case 'expand':
      return expanded(tf, x, shape);
    case 'input':
    case 'constant':
      throw new Error(`${operation.type} is not computed`);
  }
}

function expanded(tf: TensorFlow, x: Values, shape: readonly number[]): Held {
  const isChannelsLast = shape.length === 4;
  return { values: tf.broadcastTo(x, arranged(shape, isChannelsLast)), isChannelsLast };
}

/** At stride 1, keeping the size; in as many groups as the filter [height, width, c, d] is shallower than x. */
function convolve(tf: TensorFlow, x: Tensor4D, [kernel, bias]: readonly Values[]): Values {
  if (kernel === undefined) throw new Error('a convolution without a kernel');
  const filter = image(tf, kernel);
  const [height, width, depth, results] = filter.shape;
  const groups = x.shape[3] / depth;
  if (groups === 1)
    return tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', ...(bias && { bias }) });
  const convolved =
    depth === 1
      ? tf.depthwiseConv2d(
          x,
          tf.reshape<Rank.R4>(filter, [height, width, groups, results / groups]),
          1,
          'same',
        )
      : tf.concat(
          Array.from({ length: groups }, (_, group) =>
            tf.conv2d(
              part(tf, x, group, depth),
              part(tf, filter, group, results / groups),
              1,
              'same',
            ),
          ),
          3,
        );
  return bias === undefined ? convolved : tf.add(convolved, bias);
}

/** TensorFlow.js has but the way back. */
function spaceToDepth(tf: TensorFlow, x: Tensor4D): Values {
  const [, height, width, channels] = x.shape;
  const blocks = tf.reshape(x, [height / 2, 2, width / 2, 2, channels]);
  const moved = tf.transpose(blocks, [0, 2, 1, 3, 4]);
  return tf.reshape(moved, [1, height / 2, width / 2, 4 * channels]);
}

/** The group's share of the last axis. */
function part(tf: TensorFlow, x: Tensor4D, group: number, extent: number): Tensor4D {
  return tf.slice(x, [0, 0, 0, group * extent], [-1, -1, -1, extent]);
}

/** What has four axes, as a tensor that the compiler knows to have them. */
function image(tf: TensorFlow, x: Values): Tensor4D {
  const [a = 1, b = 1, c = 1, d = 1] = x.shape;
  return tf.reshape<Rank.R4>(x, [a, b, c, d]);
}
