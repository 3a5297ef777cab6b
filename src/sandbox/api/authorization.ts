import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { username } from './accounts.js';
import { check, readBody, type ApiEnv, type Sandboxed } from './http.js';

/*
 * How somebody lets an application act for their account (RFC 6749, section 4.1). There is no page to be sent back to:
 * the code is shown, to be copied.
 */

/** Instead of an address: the code is shown. */
const SHOWN = 'urn:ietf:wg:oauth:2.0:oob';
/** As long as Mastodon's. */
const CODE_LIFETIME_MS = 10 * 60_000;

const authorization = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.literal(SHOWN, `Only ${SHOWN} is supported here.`),
  scope: z.string().default('read'),
});

const credentials = z.object({ client_id: z.string(), client_secret: z.string() });
const tokenRequest = z.discriminatedUnion('grant_type', [
  credentials.extend({ grant_type: z.literal('client_credentials') }),
  credentials.extend({
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    redirect_uri: z.literal(SHOWN),
  }),
]);
const revocation = credentials.extend({ token: z.string() });

/** A code that has been shown and not been used. */
interface Grant {
  readonly clientId: string;
  readonly accountId: string;
  readonly scope: string;
  readonly until: number;
}

/** `/oauth`: an application is let in by somebody, gets its token and gives it back. */
export function authorizationRoutes({ stores, streaming }: Sandboxed): Hono<ApiEnv> {
  const { accounts } = stores;
  const routes = new Hono<ApiEnv>();
  const grants = new Map<string, Grant>();
  const now = () => stores.now().getTime();

  routes.get('/authorize', (c) => {
    const { client_id: clientId, scope } = check(authorization, c.req.query());
    const application = accounts.applicationByClientId(clientId);
    if (application === undefined) throw new ApiError(401, 'The application is not known here.');
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <title>Authorize ${application.name}</title>
          <h1>${application.name} wants to act for you</h1>
          <p>It asks for: ${scope}.</p>
          <form method="post">
            <label>Your name <input name="username" required /></label>
            <button>Allow</button>
          </form>
        </html>`,
    );
  });

  routes.post('/authorize', async (c) => {
    const { client_id: clientId, scope } = check(authorization, c.req.query());
    if (accounts.applicationByClientId(clientId) === undefined)
      throw new ApiError(401, 'The application is not known here.');
    const { username: name } = await readBody(c, z.object({ username }));
    const { id, reserved } = accounts.findOrCreate(name);
    if (reserved === 1)
      throw new ApiError(422, `The name ${name} is taken. Please choose another.`);
    const code = randomBytes(32).toString('base64url');
    for (const [old, { until }] of grants) if (until < now()) grants.delete(old);
    grants.set(code, { clientId, accountId: id, scope, until: now() + CODE_LIFETIME_MS });
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <title>Your code</title>
          <h1>Copy this code</h1>
          <p><code>${code}</code></p>
        </html>`,
    );
  });

  routes.post('/token', async (c) => {
    const body = await readBody(c, tokenRequest);
    const application = accounts.applicationByCredentials(body.client_id, body.client_secret);
    if (application === undefined) throw new ApiError(401, 'The application is not known here.');
    const isForSomebody = body.grant_type === 'authorization_code';
    const grant = isForSomebody ? grants.get(body.code) : undefined;
    if (isForSomebody) grants.delete(body.code);
    if (isForSomebody && (grant?.clientId !== body.client_id || grant.until < now()))
      throw new ApiError(400, 'The code is not valid, or not any more.');
    return c.json({
      access_token: accounts.mintToken({
        accountId: grant?.accountId ?? null,
        applicationId: application.id,
      }),
      token_type: 'Bearer',
      scope: grant?.scope ?? 'read',
      created_at: Math.floor(now() / 1000),
    });
  });

  routes.post('/revoke', async (c) => {
    const body = await readBody(c, revocation);
    const application = accounts.applicationByCredentials(body.client_id, body.client_secret);
    if (
      application === undefined ||
      accounts.holderOf(body.token)?.applicationId !== application.id
    )
      throw new ApiError(403, 'You are not authorized to revoke this token');
    accounts.revokeToken(body.token);
    streaming.disconnect(body.token);
    return c.json({});
  });

  return routes;
}
