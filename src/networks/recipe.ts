import { z } from 'zod';
import type { Network } from './network.js';
import { sourceSchema } from './source.js';

const weightsSchema = z
  .record(z.string(), z.number().positive())
  .refine((layers) => Object.keys(layers).length > 0, 'it takes a layer at least');

/** What a manifest says of a network: where it is from, and which of its layers paint. */
export const manifestSchema = z
  .strictObject({
    /** Also the name of its files. */
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'it takes small letters, digits, dots and dashes'),
    title: z.string(),
    source: sourceSchema,
    license: z.string(),
    /** How much each layer's Gram matrix counts. */
    styleLayers: weightsSchema,
    /** Those that count beside them up to a size: the side in pixels of a square with as many as the picture. */
    coarseStyleLayers: z.record(
      z.string(),
      z.strictObject({ weight: z.number().positive(), upTo: z.number().positive() }).readonly(),
    ),
    /** The layers that keep the photo recognizable. */
    contentLayers: weightsSchema,
    /** How many times as much the content counts in people's faces. */
    faces: z.number().min(1),
    /** How much each layer's activity counts in a dream. */
    dreamLayers: weightsSchema,
    /** The weight of the total variation, relative to the painting’s. */
    variation: z.number().nonnegative(),
  })
  .readonly();

export type Manifest = z.infer<typeof manifestSchema>;

/** A network with the layers that make it paint. */
export interface Recipe extends Omit<Manifest, 'name' | 'title' | 'source' | 'license'> {
  readonly network: Network;
}
