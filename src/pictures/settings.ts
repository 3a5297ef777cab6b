import { z } from 'zod';

/** A key of a storage, which goes into a header. */
const secretSchema = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'it takes a key without spaces or line breaks');

/** Where pictures lie, as the operator says it. */
export const picturesSchema = z
  .strictObject({
    store: z.enum(['auto', 'files', 'postgres', 's3']),
    s3: z.strictObject({
      endpoint: z
        .url({ protocol: /^https?$/, error: 'it takes an https:// or http:// address' })
        .refine((url) => !/[?#@]/.test(url), 'it takes an address without a password, ? or #')
        .optional(),
      region: z.string().regex(/^[\w-]+$/, 'it takes a name like us-east-1'),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'it takes the name of a bucket')
        .optional(),
      accessKeyId: secretSchema.optional(),
      secretAccessKey: secretSchema.optional(),
      pathStyle: z.union([z.boolean(), z.stringbool()], 'it takes true or false'),
    }),
  })
  .superRefine(({ store, s3 }, context) => {
    const lacks = (key: keyof typeof s3, message: string) =>
      context.addIssue({ code: 'custom', path: ['s3', key], message });
    if (store === 's3' && s3.bucket === undefined) lacks('bucket', 'it takes one for store: s3');
    if (s3.accessKeyId === undefined && s3.secretAccessKey !== undefined)
      lacks('accessKeyId', 'it takes both keys, or neither');
    if (s3.secretAccessKey === undefined && s3.accessKeyId !== undefined)
      lacks('secretAccessKey', 'it takes both keys, or neither');
  })
  .readonly();

export type PicturesSettings = z.infer<typeof picturesSchema>;
