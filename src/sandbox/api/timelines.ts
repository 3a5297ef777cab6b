import { Hono } from 'hono';
import { notFound } from '../errors.js';
import {
  pageOf,
  readPageQuery,
  requireAccount,
  viewerId,
  type ApiEnv,
  type Sandboxed,
} from './http.js';

/** `/api/v1/timelines/public` and `/api/v1/notifications`: the paged lists. */
export function timelineRoutes(sandbox: Sandboxed): Hono<ApiEnv> {
  const { stores, entities } = sandbox;
  const routes = new Hono<ApiEnv>();

  routes.get('/timelines/public', (c) => {
    const rows = stores.statuses.publicTimeline(readPageQuery(c, { usual: 20, most: 40 }));
    return pageOf(
      c,
      sandbox,
      rows,
      rows.map((row) => entities.status(row, viewerId(c))),
    );
  });

  routes.get('/notifications', (c) => {
    const { id } = requireAccount(c);
    const page = readPageQuery(c, { usual: 40, most: 80 });
    const types = c.req.queries('types[]');
    const excluded = c.req.queries('exclude_types[]') ?? [];
    const rows = stores.notifications.list(
      id,
      page,
      (type) => (types?.includes(type) ?? true) && !excluded.includes(type),
    );
    return pageOf(
      c,
      sandbox,
      rows,
      rows.flatMap((row) => entities.notification(row) ?? []),
    );
  });

  routes.get('/notifications/:id', (c) => {
    const row = stores.notifications.find(c.req.param('id'), requireAccount(c).id);
    const entity = row && entities.notification(row);
    if (entity === undefined) throw notFound();
    return c.json(entity);
  });

  return routes;
}
