import { stat } from 'node:fs/promises';
import type { Dataset, Entity, File, Group } from 'h5wasm/node';
import { reasonOf } from '../reason.js';
import type { Weights } from './network.js';
import { toOutInHeightWidth } from './tfjs-layers.js';
import type { Convolution } from './vgg.js';

/*
 * Reads the convolutions of a weight file as Keras has written it since 2015: HDF5, with a group for each layer that
 * holds its kernel and its bias (https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/hdf5_format.py).
 * The HDF5 library itself runs as WebAssembly, where a malformed file can do no harm outside of the library's memory.
 */

/** Layers in all networks of Keras together are fewer; a file with more is none of theirs. */
const MAX_LAYERS = 4096;

/**
 * The convolutions by their layers' names; layers of another kind are passed over.
 * @param file its path
 * @throws Error if the file is not what this reader understands. No tensor larger than the file is allocated.
 */
export async function readKerasHdf5(file: string): Promise<ReadonlyMap<string, Convolution>> {
  const { size } = await stat(file);
  // Here, and not at the top: it is four megabytes that nobody needs who paints with another network.
  const { File, ready } = await import('h5wasm/node');
  const library = await ready;
  library.activate_throwing_error_handler(); // else it prints what went wrong, and goes on
  try {
    const opened = new File(file, 'r');
    try {
      return convolutionsIn(opened, size);
    } finally {
      opened.close();
    }
  } catch (error) {
    throw new Error(`the file cannot be read as HDF5 with Keras's weights: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

function convolutionsIn(file: File, size: number): ReadonlyMap<string, Convolution> {
  const names = file.keys();
  if (names.length > MAX_LAYERS) throw new Error(`it has ${names.length} layers`);
  const convolutions = new Map<string, Convolution>();
  for (const name of names) {
    const layer = file.get(name);
    if (!isGroup(layer)) continue;
    // Called block1_conv1_W_1:0 or kernel:0, by the version; what is what, their shapes tell.
    const weights = datasetsIn(layer).map((dataset) => weightsOf(dataset, size));
    const kernel = weights.find(({ shape }) => shape.length === 4);
    const bias = weights.find(({ shape }) => shape.length === 1);
    if (kernel !== undefined && bias !== undefined)
      convolutions.set(name, { kernel: toOutInHeightWidth(kernel), bias });
  }
  return convolutions;
}

/** The datasets of a layer, which newer versions of Keras put into a group of its name once more. */
function datasetsIn(layer: Group): readonly Dataset[] {
  const entries = layer.keys().map((key) => layer.get(key));
  return entries.flatMap((entry) => {
    if (isDataset(entry)) return entry;
    if (!isGroup(entry)) return [];
    const inner = entry.keys().map((key) => entry.get(key));
    return inner.filter(isDataset);
  });
}

function isGroup(entry: Entity | null): entry is Group {
  return entry !== null && 'keys' in entry;
}

function isDataset(entry: Entity | null): entry is Dataset {
  return entry !== null && 'dtype' in entry;
}

function weightsOf(dataset: Dataset, size: number): Weights {
  const { shape, dtype } = dataset;
  if (shape === null || dtype !== '<f') throw new Error(`${dataset.path} is no array of float32`);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (4 * count > size) throw new Error(`${dataset.path} claims more than the file holds`);
  const { value } = dataset;
  if (!(value instanceof Float32Array) || value.length !== count)
    throw new Error(`${dataset.path} is not as long as it claims`);
  return { shape, values: value };
}

/** The library tells where in its source it noticed, over many lines; the last cause is the first line's. */
function firstLine(error: unknown): string {
  const text = reasonOf(error);
  const causes = [...text.matchAll(/\(\): (.+)$/gm)];
  return causes.at(-1)?.[1] ?? text.split('\n')[0] ?? '';
}
