import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Hono, type Context } from 'hono';
import type { Sample } from '../collection.js';
import type { Sizes } from '../requests/parameters.js';
import { controls, photoIsEnough } from './form.js';
import { samplePictures } from './samples.js';
import { secureHeaders } from './security.js';
import type { StatusFeed } from './status.js';
import { streamStatus } from './events.js';

export interface WebAppOptions {
  /** The name of the bot's account, without the @. */
  readonly bot: string;
  readonly status: StatusFeed;
  readonly sizes: Sizes;
  /** Pictures to try with, one click away. */
  readonly samples: readonly Sample[];
}

const assetTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page stands next to this file both in src/ and, copied there by the build, in dist/. */
const folder = new URL('./page/', import.meta.url);

/** The page: a window on the sandbox in which one asks the bot for a painting and watches it come. */
export function webApp(options: WebAppOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders);

  const page = async (c: Context) => {
    c.header('Cache-Control', 'no-cache');
    return c.html(await readFile(new URL('index.html', folder), 'utf8'));
  };
  // Accounts, statuses and tags have addresses of their own; they all open the same page.
  for (const path of ['/', '/:account{@[^/]+}', '/:account{@[^/]+}/:id', '/tags/:tag']) {
    app.get(path, page);
  }

  // Only what lies in the folder at the start can be asked for; no path of a stranger's ever meets the disk.
  for (const name of readdirSync(folder)) {
    const type = assetTypes[extname(name)];
    if (type === undefined) continue;
    app.get(`/assets/${name}`, async (c) => {
      const data = await readFile(new URL(name, folder));
      return c.body(new Uint8Array(data), 200, {
        'Content-Type': type,
        'Cache-Control': 'no-cache',
      });
    });
  }

  const samples = samplePictures(options.samples);
  app.get('/page.json', (c) =>
    c.json({
      bot: options.bot,
      samples: samples.list,
      controls: controls(options.sizes),
      photoIsEnough,
    }),
  );
  app.get('/samples/:name', async (c) => {
    const picture = await samples.read(c.req.param('name'));
    if (picture === undefined) return c.json({ error: 'There is no such sample.' }, 404);
    c.header('Cache-Control', 'max-age=3600');
    return c.body(new Uint8Array(picture.data), 200, { 'Content-Type': picture.mime });
  });

  app.get('/events', (c) => streamStatus(c, options.status));
  return app;
}
