import { Hono } from 'hono';
import { notFound } from '../errors.js';
import type { ApiEnv, Sandboxed } from './http.js';

/** Shown for accounts, none of which has a picture of its own here: a round dab of paint, and a bare canvas. */
const missingAvatar =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#e9dfcc"/><circle cx="50" cy="50" r="30" fill="#b4532a"/></svg>';
const missingHeader =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><rect width="300" height="100" fill="#e9dfcc"/></svg>';

const year = 31_536_000;

/** The pictures themselves. A file never changes under its name, so it may be kept for good. */
export function fileRoutes({ stores }: Sandboxed): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const immutable = `public, max-age=${year}, immutable`;

  routes.get('/media/:name', async (c) => {
    const file = await stores.media.read(c.req.param('name'));
    if (file === undefined) throw notFound();
    c.header('Cache-Control', immutable);
    return c.body(new Uint8Array(file.data), 200, { 'Content-Type': file.mime });
  });

  for (const [path, svg] of [
    ['/avatars/original/missing.svg', missingAvatar],
    ['/headers/original/missing.svg', missingHeader],
  ] as const) {
    routes.get(path, (c) => {
      c.header('Cache-Control', immutable);
      return c.body(svg, 200, { 'Content-Type': 'image/svg+xml' });
    });
  }

  return routes;
}
