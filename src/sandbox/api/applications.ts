import { Hono } from 'hono';
import { z } from 'zod';
import { readBody, type ApiEnv, type Sandboxed } from './http.js';

const application = z.object({
  client_name: z.string().trim().min(1).max(60),
  redirect_uris: z.union([z.string(), z.array(z.string())]).optional(),
  scopes: z.string().default('read'),
  website: z.url({ protocol: /^https?$/ }).nullish(),
});

/** `POST /api/v1/apps`: how an application introduces itself. */
export function applicationRoutes({ stores }: Sandboxed): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/', async (c) => {
    const body = await readBody(c, application);
    const { id, name, website, clientId, clientSecret } = stores.accounts.createApplication(
      body.client_name,
      body.website ?? null,
    );
    const redirectUris = [body.redirect_uris ?? 'urn:ietf:wg:oauth:2.0:oob'].flat();
    return c.json({
      id,
      name,
      website,
      scopes: body.scopes.split(' '),
      redirect_uri: redirectUris.join('\n'),
      redirect_uris: redirectUris,
      client_id: clientId,
      client_secret: clientSecret,
      client_secret_expires_at: 0,
    });
  });

  return routes;
}
