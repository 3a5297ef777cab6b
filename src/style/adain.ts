import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';

/*
 * Adaptive instance normalization (Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance
 * Normalization", 2017, equation 8): activations moved so that each channel is as bright and as varied as in the
 * painting. What lies where stays. So the content loss asks for the photo in the painting's contrasts and no longer
 * pulls against the style loss toward its own.
 */

/** The means of the channels of an activation [1, c, h, w], and then their mean squares: [1, 2c, 1, 1]. */
export function channelMoments(activation: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = activation.shape;
  const positions = height * width;
  const share = op.constant(new Float32Array(positions).fill(1 / positions), [positions, 1]);
  const rows = op.reshape(activation, [channels, positions]);
  const mean = (values: Tensor) => op.reshape(op.matmul(values, share), [1, channels, 1, 1]);
  return op.concatenate([mean(rows), mean(op.multiply(rows, rows))]);
}

/**
 * The variety of a channel is never lowered to less than this part of the photo's, or after a painting of a single
 * color nothing of the photo would be asked for.
 */
const LEAST_VARIETY = 1 / 8;

/**
 * An activation with its channels' moments `own` moved to those of a painting. All come out of a ReLU, so what would be
 * below zero is zero: no picture could reach it.
 * @param activation of c channels; `own` and `painting` are as of `channelMoments`
 */
export function adain(
  activation: Float32Array,
  own: Float32Array,
  painting: Float32Array,
): Float32Array {
  const moved = new Float32Array(activation.length);
  const channels = own.length / 2;
  const positions = activation.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const from = channelAt(own, channel);
    const to = channelAt(painting, channel);
    const contrast =
      from.deviation === 0 ? 0 : Math.max(LEAST_VARIETY, to.deviation / from.deviation);
    for (let i = channel * positions; i < (channel + 1) * positions; i++)
      moved[i] = Math.max(0, to.mean + contrast * ((activation[i] ?? 0) - from.mean));
  }
  return moved;
}

function channelAt(moments: Float32Array, channel: number) {
  const mean = moments[channel] ?? 0;
  const square = moments[moments.length / 2 + channel] ?? 0;
  return { mean, deviation: Math.sqrt(Math.max(0, square - mean ** 2)) };
}
