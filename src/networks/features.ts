import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { build, convolved, layerOf, type WindowLayer } from './build.js';
import { INPUT, type Network } from './network.js';

/**
 * The graph of a network's activations at the named layers, for a picture [1, 3, height, width] in 0..1.
 *
 * The network is changed for painting in two places. A convolution with stride 2 is computed at stride 1 and then
 * averaged over 2×2, and every halving pool is a 2×2 average: strides and maxima send gradients to some pixels and
 * none to their neighbors, which shows as a checkerboard (Gatys et al. 2015, section 2, replace the maxima too).
 * And every convolution is "same", whatever its border was, so that layers line up.
 * @throws Error if a layer does not exist, or height or width cannot be halved often enough (see `reduction`).
 */
export function features(
  network: Network,
  picture: Tensor,
  names: readonly string[],
): ReadonlyMap<string, Tensor> {
  return build(network, picture, names, forPainting);
}

/** By how much the deepest of the layers is smaller than the picture: the picture's sides must be multiples of it. */
export function reduction(network: Network, names: readonly string[]): number {
  const known = new Map<string, number>([[INPUT, 1]]);
  const of = (name: string): number => {
    const value = known.get(name);
    if (value !== undefined) return value;
    const layer = layerOf(network, name);
    const halves = layer.type === 'maxPool' || (layer.type === 'convolution' && layer.stride === 2);
    const result = Math.max(...layer.from.map(of)) * (halves ? 2 : 1);
    known.set(name, result);
    return result;
  };
  return Math.max(...names.map(of));
}

function forPainting(layer: WindowLayer, x: Tensor): Tensor {
  switch (layer.type) {
    case 'convolution':
      return layer.stride === 2 ? op.averagePool(convolved(layer, x)) : convolved(layer, x);
    case 'maxPool':
      return op.averagePool(x);
    case 'averageFilter':
      return op.boxFilter(x);
  }
}
