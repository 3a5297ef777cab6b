import * as op from '../graph/operations.js';
import { sizeOf, type Tensor } from '../graph/tensor.js';

/*
 * The losses of Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style" (2015), as graph. Each comes out
 * unnormalized; the caller multiplies by a weight that it knows only once the targets are computed.
 */

/**
 * The Gram matrix of an activation [1, c, h, w]: how strongly every two channels are active together, wherever that
 * is. Gatys et al., equation 3, divided by the number of positions, so that pictures of different sizes compare.
 */
export function gramMatrix(activation: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = activation.shape;
  const positions = height * width;
  return op.scale(op.gram(op.reshape(activation, [channels, positions])), 1 / positions);
}

/**
 * Σ |G - A|. Deviation from Gatys et al., equation 4, who square the differences: a square is ruled by the few channels
 * with the largest activations, and on a network with batch normalization those differ by orders of magnitude.
 */
export function styleLoss(gram: Tensor, target: Tensor): Tensor {
  return op.sum(op.abs(op.subtract(gram, target)));
}

/** Σ (F - C)². Gatys et al., equation 1, without the ½. */
export function contentLoss(activation: Tensor, target: Tensor): Tensor {
  const difference = op.subtract(activation, target);
  return op.sum(op.multiply(difference, difference));
}

/**
 * Σ m·(F - C)²: the content loss that counts m times as much at a position, m being [1, 1, h, w]. The channels are summed
 * up first, by a convolution with ones, so that the mask need not be repeated for each of them.
 */
export function maskedContentLoss(activation: Tensor, target: Tensor, mask: Tensor): Tensor {
  const [, channels = 0] = activation.shape;
  const difference = op.subtract(activation, target);
  const ones = op.constant(new Float32Array(channels).fill(1), [1, channels, 1, 1]);
  return op.sum(op.multiply(op.convolve(op.multiply(difference, difference), ones), mask));
}

/**
 * The mean squared difference between neighbors, in both directions: grain costs, edges cost little more. Quadratic
 * rather than the absolute total variation of Rudin et al. (1992), as in Mahendran and Vedaldi (2015) with β = 2.
 */
export function totalVariation(picture: Tensor): Tensor {
  const along = (axis: number) => {
    const extent = picture.shape[axis] ?? 0;
    const difference = op.subtract(
      op.slice(picture, axis, 1, extent),
      op.slice(picture, axis, 0, extent - 1),
    );
    return op.sum(op.multiply(difference, difference));
  };
  return op.scale(op.add(along(2), along(3)), 1 / sizeOf(picture.shape));
}
