import type { Hono } from 'hono';
import type { WebAppOptions } from './app.js';
import { helpView } from './views/help.js';
import { layout, type Html, type View } from './views/layout.js';
import { nothingView } from './views/nothing.js';
import { statusView } from './views/status.js';

/** What there is to read: how busy the bot is, and how one speaks to it. */
export function readingRoutes(app: Hono, options: WebAppOptions): void {
  const { queue, usualCost, sandbox, accounts, collection, sizes } = options;
  const hasSandbox = sandbox !== undefined;
  const read = (view: View, title: string, main: () => Html | Promise<Html>, more: object = {}) =>
    app.get(`/${view}`, async (c) => {
      c.header('Cache-Control', 'no-cache');
      return c.html(
        layout({
          title,
          view,
          hasSandbox,
          styles: ['reading', 'paint'],
          main: await main(),
          ...more,
        }),
      );
    });
  read('status', 'Status', () => statusView(queue.database, usualCost), {
    scripts: ['board'],
    refresh: 30,
  });
  read('help', 'How to', () => helpView({ accounts: accounts(), collection, sizes, hasSandbox }));
}

/**
 * The last resort of a browser, whose owner has followed an old link or mistyped. A program is told by the server, as the API
 * tells its problems.
 */
export function nothingRoutes(app: Hono, { sandbox }: WebAppOptions): void {
  app.get('*', async (c, next) => {
    if (c.req.header('Accept')?.includes('text/html') !== true) return next();
    const hasSandbox = sandbox !== undefined;
    const main = nothingView();
    return c.html(layout({ title: 'Nothing here', hasSandbox, styles: ['render'], main }), 404);
  });
}
