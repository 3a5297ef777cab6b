import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { readBody, type ApiEnv, type Sandboxed } from './http.js';

const application = z.object({
  client_name: z.string().trim().min(1).max(60),
  redirect_uris: z.union([z.string(), z.array(z.string())]).optional(),
  scopes: z.string().default('read'),
  website: z.url({ protocol: /^https?$/ }).nullish(),
});

const tokenRequest = z.object({
  grant_type: z.literal('client_credentials', 'Only client_credentials is supported here.'),
  client_id: z.string(),
  client_secret: z.string(),
});

/** `POST /api/v1/apps` and `POST /oauth/token`: how an application introduces itself. */
export function applicationRoutes({ stores }: Sandboxed): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/api/v1/apps', async (c) => {
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

  routes.post('/oauth/token', async (c) => {
    const body = await readBody(c, tokenRequest);
    const found = stores.accounts.applicationByCredentials(body.client_id, body.client_secret);
    if (found === undefined) throw new ApiError(401, 'The application is not known here.');
    return c.json({
      access_token: stores.accounts.mintToken({ accountId: null, applicationId: found.id }),
      token_type: 'Bearer',
      scope: 'read',
      created_at: Math.floor(stores.now().getTime() / 1000),
    });
  });

  return routes;
}
