import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { notFound } from '../errors.js';
import { edit, post } from '../posting.js';
import { flag, readBody, requireAccount, viewerId, type ApiEnv, type Sandboxed } from './http.js';
import { publishDeleted, publishNotification, publishStatus } from './publish.js';

/** Refuses what would be silently wrong if it were ignored: a post meant for later, or a question without its answers. */
const unsupported = z.null('This is not supported in the sandbox.').optional();

/** A text of fewer characters as people count them may be longer than this only to be a burden. */
const mostCodeUnits = 5_000;

const draft = z.object({
  status: z.string().max(mostCodeUnits).nullish(),
  media_ids: z.array(z.string()).nullish(),
  in_reply_to_id: z
    .string()
    .nullish()
    .transform((id) => (id === '' ? null : id)),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).nullish(),
  spoiler_text: z.string().max(mostCodeUnits).nullish(),
  sensitive: flag.nullish(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i, 'A language is named by its ISO 639 code.')
    .nullish(),
  poll: unsupported,
  scheduled_at: unsupported,
});

/** `/api/v1/statuses`: posting, editing, reading, deleting and favouriting. */
export function statusRoutes(sandbox: Sandboxed): Hono<ApiEnv> {
  const { stores, entities } = sandbox;
  const routes = new Hono<ApiEnv>();
  const visibleStatus = (c: Context<ApiEnv>) => {
    const row = stores.statuses.find(c.req.param('id') ?? '', viewerId(c));
    if (row === undefined) throw notFound();
    return row;
  };

  routes.post('/', async (c) => {
    const account = requireAccount(c);
    const { applicationId } = c.get('viewer');
    const body = await readBody(c, draft);
    const posted = post(
      stores,
      { account, applicationId },
      {
        text: body.status ?? '',
        mediaIds: body.media_ids ?? [],
        inReplyToId: body.in_reply_to_id ?? null,
        visibility: body.visibility ?? 'public',
        spoilerText: body.spoiler_text ?? '',
        sensitive: body.sensitive ?? false,
        language: body.language ?? 'en',
      },
      {
        host: new URL(sandbox.url()).host,
        idempotencyKey: c.req.header('Idempotency-Key'),
      },
    );
    if (posted.isNew) publishStatus(sandbox, posted.status);
    for (const notification of posted.notifications) publishNotification(sandbox, notification);
    return c.json(entities.status(posted.status, account.id));
  });

  routes.put('/:id', async (c) => {
    const account = requireAccount(c);
    const before = visibleStatus(c);
    if (before.accountId !== account.id) throw notFound();
    const body = await readBody(c, draft);
    const { status, notifications } = edit(
      stores,
      before,
      {
        text: body.status ?? '',
        mediaIds: body.media_ids ?? [],
        spoilerText: body.spoiler_text ?? '',
        sensitive: body.sensitive ?? false,
        language: body.language ?? before.language,
      },
      { host: new URL(sandbox.url()).host },
    );
    publishStatus(sandbox, status);
    for (const notification of notifications) publishNotification(sandbox, notification);
    return c.json(entities.status(status, account.id));
  });

  routes.get('/:id', (c) => c.json(entities.status(visibleStatus(c), viewerId(c))));

  routes.get('/:id/context', (c) => {
    const { id } = visibleStatus(c);
    const viewer = viewerId(c);
    return c.json({
      ancestors: stores.statuses.ancestors(id, viewer).map((row) => entities.status(row, viewer)),
      descendants: stores.statuses
        .descendants(id, viewer)
        .map((row) => entities.status(row, viewer)),
    });
  });

  routes.delete('/:id', async (c) => {
    const account = requireAccount(c);
    const row = visibleStatus(c);
    if (row.accountId !== account.id) throw notFound();
    const media = stores.media.ofStatus(row.id);
    const entity = { ...entities.status(row, account.id), text: row.text };
    const mentions = stores.statuses.mentions(row.id);
    stores.statuses.delete(row.id);
    publishDeleted(sandbox, row, mentions);
    await stores.media.removeFiles(media);
    return c.json(entity);
  });

  routes.post('/:id/favourite', (c) => {
    const account = requireAccount(c);
    const row = visibleStatus(c);
    const changed = stores.statuses.setFavourite(row.id, account.id, true);
    if (changed && row.accountId !== account.id) {
      const notification = stores.notifications.add({
        accountId: row.accountId,
        type: 'favourite',
        fromAccountId: account.id,
        statusId: row.id,
      });
      if (notification !== undefined) publishNotification(sandbox, notification);
    }
    return c.json(entities.status(row, account.id));
  });

  routes.post('/:id/unfavourite', (c) => {
    const account = requireAccount(c);
    const row = visibleStatus(c);
    stores.statuses.setFavourite(row.id, account.id, false);
    stores.notifications.removeFavourite(row.id, account.id);
    return c.json(entities.status(row, account.id));
  });

  return routes;
}
