import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { build, convolved, layerOf, type WindowLayer } from './build.js';
import { INPUT, type Layer, type Network } from './network.js';

type Convolution = Extract<Layer, { type: 'convolution' }>;

/**
 * The graph of a network's activations at the named layers, for a picture [1, 3, height, width] in 0..1.
 *
 * The network is changed for painting in two places. A convolution with stride 2 becomes one at stride 1 that is
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
      if (layer.stride === 1) return convolved(layer, x);
      return seesPicture(layer) ? halved(layer, x) : op.averagePool(convolved(layer, x));
    case 'maxPool':
      return op.averagePool(x);
    case 'averageFilter':
      return op.boxFilter(x);
  }
}

/** Whether a convolution reads the picture itself, all colors of it together; one of even extents none of ours can be. */
function seesPicture({ from: [source], kernel }: Convolution): boolean {
  const [, channels, ...extents] = kernel.shape;
  return source === INPUT && channels === 3 && extents.every((extent) => extent % 2 === 1);
}

/**
 * A convolution averaged over 2×2, in one: of blocks of 2×2 pixels, taken for pixels with four times the channels, with a kernel
 * that has the average in it. For 3×3 it is as much arithmetic by the book, but nothing with 32 channels is ever as large as the
 * picture, and runtimes compute channels by blocks of 16, so that a gradient with 3 of them takes as long as one with 12.
 */
function halved(layer: Convolution, x: Tensor): Tensor {
  return convolved({ ...layer, kernel: inBlocksOf2(layer.kernel) }, op.spaceToDepth(x));
}

/**
 * The kernel [d, 4c, …] of odd extents that sees in blocks what the mean of four neighbors of the kernel [d, c, …] sees in pixels. A tap at
 * the offset o of a neighbor at a (0 or 1) meets the pixel a + o, which is in block ⌊(a + o) / 2⌋ from here.
 */
function inBlocksOf2({ values, shape }: Convolution['kernel']): Convolution['kernel'] {
  const [d = 0, c = 0, height = 0, width = 0] = shape;
  const reach = (size: number) => Math.floor((size + 1) / 4);
  const [up, left] = [reach(height), reach(width)];
  const [rows, columns] = [2 * up + 1, 2 * left + 1];
  const result = new Float32Array(d * 4 * c * rows * columns);
  for (let i = 0; i < values.length; i++) {
    const [tapX, tapY] = [i % width, Math.floor(i / width) % height];
    const [j, k] = [Math.floor(i / (width * height)) % c, Math.floor(i / (width * height * c))];
    for (const a of [0, 1])
      for (const b of [0, 1]) {
        const [y, x] = [a + tapY - (height - 1) / 2, b + tapX - (width - 1) / 2];
        const place = 2 * (y & 1) + (x & 1);
        const [row, column] = [up + (y >> 1), left + (x >> 1)];
        const at = ((k * 4 * c + place * c + j) * rows + row) * columns + column;
        result[at] = (result[at] ?? 0) + (values[i] ?? 0) / 4;
      }
  }
  return { values: result, shape: [d, 4 * c, rows, columns] };
}
