import { z } from 'zod';
import type { Network } from './network.js';
import { sourceSchema } from './source.js';

/** How much a layer counts up to strength 50, and by what factor less with every 25 points more. */
const weightSchema = z.strictObject({ weight: z.number().positive(), base: z.number().min(1) });
export type ContentWeight = Readonly<z.infer<typeof weightSchema>>;

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

export type Manifest = z.infer<typeof manifestSchema>;

/** A network with the layers that make it paint. */
export interface Recipe extends Omit<Manifest, 'name' | 'title' | 'source' | 'license'> {
  readonly network: Network;
}
