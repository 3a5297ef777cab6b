import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../paths.js';
import { loadInceptionV3 } from './nsfwjs.js';
import type { Network } from './network.js';

/** How much a layer counts up to strength 50, and by what factor less with every 25 points more. */
const weightSchema = z.strictObject({ weight: z.number().positive(), base: z.number().min(1) });
export type ContentWeight = Readonly<z.infer<typeof weightSchema>>;

/** What a manifest in models/ says of a network: where it is from, and which of its layers paint. */
const manifestSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    source: z.string(),
    license: z.string(),
    /** How much each layer's Gram matrix counts. */
    styleLayers: z.record(z.string(), z.number().positive()),
    /** The layers that keep the photo recognizable, and where they count otherwise in people's faces. */
    contentLayers: z.record(
      z.string(),
      weightSchema.extend({ faces: weightSchema.optional() }).readonly(),
    ),
    /** How much each layer's activity counts in a dream. */
    dreamLayers: z.record(z.string(), z.number().positive()),
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
