import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../paths.js';
import { loadInceptionV3 } from './nsfwjs.js';
import type { Network } from './network.js';

const weightsSchema = z.record(z.string(), z.number().positive());

/** What a manifest in models/ says of a network: where it is from, and which of its layers paint. */
const manifestSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    source: z.string(),
    license: z.string(),
    /** How much each layer's Gram matrix counts. */
    styleLayers: weightsSchema,
    /** Those that count beside them where the picture is small. */
    coarseStyleLayers: weightsSchema,
    /** The layers that keep the photo recognizable. */
    contentLayers: weightsSchema,
    /** How many times as much the content counts in people's faces. */
    faces: z.number().min(1),
    /** How much each layer's activity counts in a dream. */
    dreamLayers: weightsSchema,
    /** The weight of the total variation. */
    variation: z.number().nonnegative(),
  })
  .readonly();

type Manifest = z.infer<typeof manifestSchema>;

/** A network with the layers that make it paint. */
export interface Recipe extends Omit<Manifest, 'name' | 'title' | 'source' | 'license'> {
  readonly network: Network;
}

/**
 * Reads the manifest and the weights of a network.
 * @param choice its name, or `auto` for the best that is there
 * @throws Error if there is none of that name
 */
export async function loadRecipe(choice = 'auto'): Promise<Recipe> {
  if (choice !== 'auto' && choice !== 'inception-v3')
    throw new Error(`there is no network "${choice}"`);
  const text = await readFile(join(projectRoot, 'models', 'inception-v3.json'), 'utf8');
  const { name, title, source, license, ...layers } = manifestSchema.parse(JSON.parse(text));
  return { network: await loadInceptionV3(), ...layers };
}
