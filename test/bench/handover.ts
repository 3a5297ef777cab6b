import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerOf } from '../../src/networks/build.js';
import { INPUT, type Network } from '../../src/networks/network.js';
import type { Recipe } from '../../src/networks/recipe.js';
import type { Picture } from '../../src/style/picture.js';

/*
 * What contestants are given, so that all do the same, in a folder: the pictures, and for the peer the network and its
 * layers. Numbers are float32, row-major and with the least significant byte first.
 */

/** Writes the photo and the painting, which are of one size, and the recipe. */
export function handOver(
  folder: string,
  { network, styleLayers, contentLayers, variation }: Recipe,
  { content, style }: { readonly content: Picture; readonly style: Picture },
): void {
  writeFloats(join(folder, 'content.f32'), content.data);
  writeFloats(join(folder, 'style.f32'), style.data);
  const read = [...Object.keys(styleLayers), ...Object.keys(contentLayers)];
  const recipe = {
    width: content.width,
    height: content.height,
    layers: chainTo(network, read).map((name) => layerIn(folder, network, name)),
    styleLayers,
    contentLayers,
    variation,
  };
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe));
}

/** The numbers of a file. */
export function readFloats(file: string): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(file)).buffer); // a copy, so that it is aligned
}

export function writeFloats(file: string, values: Float32Array): void {
  writeFileSync(file, values);
}

/**
 * The layers up to the last one of the named ones.
 * @throws Error if one of them reads another than the one before it
 */
function chainTo({ name, layers }: Network, names: readonly string[]): readonly string[] {
  const all = [...layers.keys()];
  const chain = all.slice(0, Math.max(...names.map((layer) => all.indexOf(layer))) + 1);
  for (const [i, layer] of chain.entries())
    if (layers.get(layer)?.from.join() !== (chain[i - 1] ?? INPUT))
      throw new Error(`the layers of ${name} are no chain`);
  return chain;
}

/** @throws Error if the layer is of a kind that the peer does not have */
function layerIn(folder: string, network: Network, name: string): object {
  const layer = layerOf(network, name);
  if (layer.type === 'relu') return { name, type: 'relu' };
  if (layer.type === 'maxPool' && layer.size === 2) return { name, type: 'pool' };
  if (layer.type !== 'convolution' || layer.stride !== 1 || layer.padding !== 'same')
    throw new Error(`the peer does not have the layer ${name} of ${network.name}`);
  const { kernel, bias } = layer;
  writeFloats(join(folder, `${name}.kernel.f32`), kernel.values);
  writeFloats(join(folder, `${name}.bias.f32`), bias);
  return {
    name,
    type: 'convolution',
    shape: kernel.shape,
    kernel: `${name}.kernel.f32`,
    bias: `${name}.bias.f32`,
  };
}
