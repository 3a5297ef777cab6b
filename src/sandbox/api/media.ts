import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { ApiError, notFound } from '../errors.js';
import { imageSizeLimit, UnusablePicture } from '../pictures.js';
import { readBody, requireAccount, type ApiEnv, type Sandboxed } from './http.js';

export const descriptionLimit = 1500;

const description = z
  .string()
  .trim()
  .max(descriptionLimit)
  .nullish()
  .transform((text) => (text === '' ? null : text));
const focus = z
  .string()
  .regex(/^-?[01](\.\d+)?,-?[01](\.\d+)?$/, 'A focus is two numbers from -1 to 1, as in 0.5,-0.25.')
  .default('0,0')
  .transform((text) => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return { x, y };
  });
const upload = z.object({
  file: z.instanceof(File, { error: 'A file is needed.' }),
  description,
  focus,
});

/** Room for the other fields of the form and the lines between them. */
const formOverhead = 64 * 1024;

/** `/api/v1/media` and `/api/v2/media`: uploading pictures and describing them. */
export function mediaRoutes({ stores, entities }: Sandboxed): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const unusedUpload = (c: Context<ApiEnv>) => {
    const row = stores.media.findUnused(c.req.param('id') ?? '', requireAccount(c).id);
    if (row === undefined) throw notFound();
    return row;
  };

  routes.post('/v2/media', async (c) => {
    const account = requireAccount(c);
    const form = await readBody(c, upload, imageSizeLimit + formOverhead);
    if (form.file.size > imageSizeLimit) {
      throw new ApiError(413, 'The picture is too large: at most 16 MB are allowed.');
    }
    const data = Buffer.from(await form.file.arrayBuffer());
    const row = await stores.media
      .add(account.id, data, { description: form.description ?? null, focus: form.focus })
      .catch((error: unknown) => {
        throw error instanceof UnusablePicture ? new ApiError(422, error.message) : error;
      });
    return c.json(entities.mediaAttachment(row));
  });

  routes.get('/v1/media/:id', (c) => c.json(entities.mediaAttachment(unusedUpload(c))));

  routes.put('/v1/media/:id', async (c) => {
    const row = unusedUpload(c);
    const body = await readBody(c, z.object({ description }));
    if (body.description === undefined) return c.json(entities.mediaAttachment(row));
    stores.media.describe(row.id, body.description);
    return c.json(entities.mediaAttachment({ ...row, description: body.description }));
  });

  return routes;
}
