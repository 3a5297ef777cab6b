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
 * Σ W·|G - A|. Deviation from Gatys et al., equation 4, who square the differences: a square is ruled by the few channels
 * with the largest activations, and on a network with batch normalization those differ by orders of magnitude.
 */
export function styleLoss(gram: Tensor, target: Tensor, weights: Tensor): Tensor {
  return op.sum(op.multiply(weights, op.abs(op.subtract(gram, target))));
}

/** A channel that is silent in the painting counts as if it had this part of the mean activity: it is to be silent. */
const SILENT = 0.01;

/**
 * How much each entry of a Gram matrix [c, c] counts in the style loss, so that Σ W·|A| = 1: by the geometric mean of the root
 * mean squares of its two channels in the painting, (a_ii·a_jj)^¼. Between the plain amounts, by which faint channels
 * count as much as strong ones per unit, and the squares, by which only the strongest count.
 */
export function styleWeights(target: Float32Array): Float32Array {
  const channels = Math.round(Math.sqrt(target.length));
  const squares = Array.from({ length: channels }, (_, i) => target[i * (channels + 1)] ?? 0);
  const silent = (SILENT * squares.reduce((sum, square) => sum + square, 0)) / channels;
  const roots = squares.map((square) => (square + silent) ** (1 / 4));
  const weights = target.map(
    (_, i) => (roots[Math.floor(i / channels)] ?? 0) * (roots[i % channels] ?? 0),
  );
  // Never zero, so that a black painting has a loss and not a division by zero.
  const total = target.reduce((sum, value, i) => sum + (weights[i] ?? 0) * Math.abs(value), 1e-12);
  return weights.map((weight) => weight / total);
}

/** Σ (F - C)². Gatys et al., equation 1, without the ½. */
export function contentLoss(activation: Tensor, target: Tensor): Tensor {
  return op.sumOfSquares(op.subtract(activation, target));
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
    return op.sumOfSquares(difference);
  };
  return op.scale(op.add(along(2), along(3)), 1 / sizeOf(picture.shape));
}

/**
 * What counts for the roughness of a painting that is smoother still: a fifth of that of smooth ones. Without a limit, nothing
 * would be left of a photo in the style of a wall.
 */
export const SMOOTHEST = 0.002;

/**
 * What the total variation of a picture counts, relative to the painting's own, as the other losses are relative to their
 * targets. Paintings in thick paint have ten times that of smooth ones: one absolute weight leaves grain in the picture after these or
 * takes the strokes from the picture after those.
 */
export function variationWeight(weight: number, roughness: number): number {
  return weight / Math.max(roughness, SMOOTHEST);
}
