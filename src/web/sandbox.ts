import type { Context, Hono } from 'hono';
import type { HousePainting, Sample } from '../collection.js';
import type { Sizes } from '../requests/parameters.js';
import { streamStatus } from './events.js';
import { controls, photoIsEnough } from './form.js';
import type { StatusFeed } from './status.js';
import { layout } from './views/layout.js';
import { sandboxView } from './views/sandbox.js';

export interface SandboxPageOptions {
  /** The name of the bot's account, without the @. */
  readonly bot: string;
  readonly status: StatusFeed;
  readonly samples: readonly Sample[];
  readonly collection: readonly HousePainting[];
  readonly sizes: Sizes;
}

/** A window on the sandbox, in which one speaks with the bot as one would on Mastodon, and watches what comes of it. */
export function sandboxRoutes(app: Hono, options: SandboxPageOptions): void {
  const page = (c: Context) => {
    c.header('Cache-Control', 'no-cache');
    return c.html(
      layout({
        title: 'Sandbox',
        view: 'sandbox',
        hasSandbox: true,
        styles: ['room', 'easel', 'wall', 'figure'],
        scripts: ['page'],
        main: sandboxView(),
      }),
    );
  };
  // Accounts, statuses and tags have addresses of their own; they all open the same page.
  for (const path of ['/sandbox', '/:account{@[^/]+}', '/:account{@[^/]+}/:id', '/tags/:tag'])
    app.get(path, page);

  const entry = (kind: Sample['kind'], { title, alt }: Sample, url: string) => {
    return { kind, title, alt, url, thumbnail: `${url}/thumbnail` };
  };
  app.get('/page.json', (c) =>
    c.json({
      bot: options.bot,
      samples: [
        ...options.samples.map((sample, i) => entry('photo', sample, `/samples/${i}`)),
        ...options.collection.map((each) => entry('painting', each, `/styles/${each.name}`)),
      ],
      controls: controls(options.sizes),
      photoIsEnough,
    }),
  );
  app.get('/events', (c) => streamStatus(c, options.status));
}
