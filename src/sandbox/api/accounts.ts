import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { ApiError, notFound } from '../errors.js';
import {
  check,
  flag,
  pageOf,
  readBody,
  readPageQuery,
  requireAccount,
  viewerId,
  type ApiEnv,
  type Sandboxed,
} from './http.js';

export const maxDisplayName = 30;
export const maxNote = 500;

export const username = z
  .string()
  .trim()
  .regex(/^\w{1,30}$/, 'A name has 1 to 30 letters a–z, digits or underscores.');

const profile = z.object({
  display_name: z.string().trim().max(maxDisplayName).optional(),
  note: z.string().max(maxNote).optional(),
  bot: flag.optional(),
});

const statusFilters = z.object({
  only_media: flag.optional(),
  exclude_replies: flag.optional(),
  exclude_reblogs: flag.optional(),
  pinned: flag.optional(),
});

/** `/api/v1/accounts`: signing in by name, profiles, and what an account has posted. */
export function accountRoutes(sandbox: Sandboxed): Hono<ApiEnv> {
  const { stores, entities } = sandbox;
  const routes = new Hono<ApiEnv>();
  const accountOf = (c: Context<ApiEnv>) => {
    const account = stores.accounts.byId(c.req.param('id') ?? '');
    if (account === undefined) throw notFound();
    return account;
  };

  // On a real server this makes an account and sends a mail. Here a name is all it takes, and whoever comes back
  // with it is let in again: the sandbox is for one machine, and a toy that asks for a password gets no play.
  routes.post('/', async (c) => {
    const body = await readBody(c, z.object({ username }));
    const account = stores.accounts.byUsername(body.username);
    if (account?.reserved === 1) {
      throw new ApiError(422, `The name ${account.username} is taken. Please choose another.`);
    }
    const { id } = account ?? stores.accounts.findOrCreate(body.username);
    const { applicationId } = c.get('viewer');
    return c.json({
      access_token: stores.accounts.mintToken({ accountId: id, applicationId }),
      token_type: 'Bearer',
      scope: 'read write follow',
      created_at: Math.floor(stores.now().getTime() / 1000),
    });
  });

  routes.get('/verify_credentials', (c) => c.json(entities.credentialAccount(requireAccount(c))));

  routes.patch('/update_credentials', async (c) => {
    const { id } = requireAccount(c);
    const body = await readBody(c, profile);
    stores.accounts.update(id, {
      displayName: body.display_name,
      note: body.note,
      bot: body.bot,
    });
    const account = stores.accounts.byId(id);
    if (account === undefined) throw notFound();
    return c.json(entities.credentialAccount(account));
  });

  routes.get('/lookup', (c) => {
    const { acct } = check(z.object({ acct: z.string() }), c.req.query());
    const [, name = '', host] = /^@?([^@]*)(?:@(.*))?$/.exec(acct) ?? [];
    const account = stores.accounts.byUsername(name);
    const isLocal = host === undefined || host.toLowerCase() === new URL(sandbox.url()).host;
    if (account === undefined || !isLocal) throw notFound();
    return c.json(entities.account(account));
  });

  routes.get('/:id', (c) => c.json(entities.account(accountOf(c))));

  routes.get('/:id/statuses', (c) => {
    const account = accountOf(c);
    const filters = check(statusFilters, c.req.query());
    // Nothing can be pinned here, so nothing is.
    if (filters.pinned === true) return c.json([]);
    const page = readPageQuery(c, { usual: 20, most: 40 });
    const rows = stores.statuses.byAccount(account.id, viewerId(c), page, {
      media: filters.only_media ?? false,
      threadStarts: filters.exclude_replies ?? false,
    });
    return pageOf(
      c,
      sandbox,
      rows,
      rows.map((row) => entities.status(row, viewerId(c))),
    );
  });

  return routes;
}
