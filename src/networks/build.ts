import * as op from '../graph/operations.js';
import type { Tensor } from '../graph/tensor.js';
import { INPUT, type Layer, type Network } from './network.js';

/** A layer that looks at more than one pixel; how it is built depends on what for. */
export type WindowLayer = Exclude<Layer, { type: 'relu' | 'add' | 'concatenate' }>;

/**
 * The graph of a network's activations at the named layers, with its layers that have windows made as one likes.
 * @throws Error if a layer does not exist
 */
export function build(
  network: Network,
  picture: Tensor,
  names: readonly string[],
  windowed: (layer: WindowLayer, x: Tensor) => Tensor,
): ReadonlyMap<string, Tensor> {
  const built = new Map<string, Tensor>([[INPUT, picture]]);
  const apply = (layer: Layer): Tensor => {
    if (layer.type === 'concatenate') return op.concatenate(layer.from.map(tensorOf));
    const x = tensorOf(layer.from[0]);
    switch (layer.type) {
      case 'relu':
        return layer.ceiling === undefined ? op.relu(x) : clamped(x, layer.ceiling);
      case 'add':
        return op.add(x, tensorOf(layer.from[1]));
      default:
        return windowed(layer, x);
    }
  };
  const tensorOf = (name: string): Tensor => {
    const known = built.get(name);
    if (known !== undefined) return known;
    const tensor = apply(layerOf(network, name));
    built.set(name, tensor);
    return tensor;
  };
  return new Map(names.map((name) => [name, tensorOf(name)]));
}

/** @throws Error if there is no such layer */
export function layerOf(network: Network, name: string): Layer {
  const layer = network.layers.get(name);
  if (layer === undefined) throw new Error(`the network ${network.name} has no layer "${name}"`);
  return layer;
}

/** x within 0..ceiling, without an operation of its own: c - relu(c - relu(x)). */
function clamped(x: Tensor, ceiling: number): Tensor {
  const top = op.expand(op.constant(Float32Array.of(ceiling), []), x.shape);
  return op.subtract(top, op.relu(op.subtract(top, op.relu(x))));
}

/** A convolution layer at stride 1 that keeps the size. */
export function convolved(
  { kernel, bias }: Extract<Layer, { type: 'convolution' }>,
  x: Tensor,
): Tensor {
  return op.convolve(x, op.constant(kernel.values, kernel.shape), op.constant(bias, [bias.length]));
}
