import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../tensor.js';

/** The functions of TensorFlow.js; which package they come from is settled when the program runs. */
export type TensorFlow = typeof tf;

/**
 * A value on the device. TensorFlow.js computes convolutions of images whose channels are last, so that is how every
 * image [1, c, h, w] is kept: [1, h, w, c]. A matrix [c, n] may be kept either way, the other being its transpose. Then an
 * image turned into a matrix of channels and positions for its Gram matrix, and the gradient's way back, move no number.
 */
export interface Held {
  readonly values: tf.Tensor;
  /** Only of images, always, and of matrices. */
  readonly isChannelsLast: boolean;
}

/** Where each axis of an image or a matrix is found if its channels are last. */
const channelsLast = (rank: number): readonly number[] => (rank === 4 ? [0, 2, 3, 1] : [1, 0]);
/** And the way back. */
const channelsFirst = (rank: number): readonly number[] => (rank === 4 ? [0, 3, 1, 2] : [1, 0]);

/** Per-axis values, such as extents, in the order in which the axes are kept. */
export function arranged<T>(perAxis: readonly T[], isChannelsLast: boolean): T[] {
  const order = isChannelsLast ? channelsLast(perAxis.length) : perAxis.keys();
  return [...order].flatMap((axis) => perAxis.slice(axis, axis + 1));
}

/** The values with their axes in the order that is asked for. */
export function brought(tf: TensorFlow, held: Held, isChannelsLast: boolean): tf.Tensor {
  const { values } = held;
  if (held.isChannelsLast === isChannelsLast) return values;
  const order = isChannelsLast ? channelsLast(values.rank) : channelsFirst(values.rank);
  return tf.transpose(values, [...order]);
}

/** Values that come row-major in the graph's own axes, ready to compute with. */
export function held(tf: TensorFlow, rowMajor: tf.Tensor): Held {
  const isChannelsLast = rowMajor.rank === 4;
  return {
    values: brought(tf, { values: rowMajor, isChannelsLast: false }, isChannelsLast),
    isChannelsLast,
  };
}

/** The same numbers, row-major in the graph's axes, in another shape. */
export function reshaped(tf: TensorFlow, x: Held, from: Shape, to: Shape): Held {
  if (isFlattened(from, to))
    return { values: tf.reshape(x.values, arranged(to, true)), isChannelsLast: true };
  if (isFlattened(to, from))
    return { values: tf.reshape(brought(tf, x, true), arranged(to, true)), isChannelsLast: true };
  return held(tf, tf.reshape(brought(tf, x, false), [...to]));
}

/** Whether the second shape is that of the first, an image, as a matrix of its channels and positions. */
function isFlattened(image: Shape, matrix: Shape): boolean {
  return image.length === 4 && matrix.length === 2 && image[1] === matrix[0];
}
