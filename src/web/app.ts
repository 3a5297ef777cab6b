import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { HousePainting, Sample } from '../collection.js';
import type { Log } from '../log.js';
import { StoreUnreachable, type PictureStore } from '../pictures/store.js';
import type { Mention } from '../platforms/port.js';
import type { Uploads } from '../platforms/web/uploads.js';
import type { Queue } from '../queue/queue.js';
import { DatabaseAway } from '../queue/sql.js';
import type { Sizes } from '../requests/parameters.js';
import type { RenderRequest } from '../requests/request.js';
import { assetRoutes } from './assets.js';
import { galleryRoutes } from './gallery.js';
import { paintingRoutes } from './paintings.js';
import { nothingRoutes, readingRoutes } from './reading.js';
import type { QueueFeed } from './feed.js';
import type { Reception } from './renders/reception.js';
import type { Renders } from './renders/renders.js';
import { sandboxRoutes } from './sandbox.js';
import { secureHeaders } from './security.js';
import type { SessionOptions } from './session.js';
import type { StatusFeed } from './status.js';

export interface WebAppOptions extends SessionOptions {
  readonly queue: Queue;
  readonly renders: Renders;
  readonly reception: Reception;
  readonly uploads: Uploads;
  /** Of one's own requests. */
  readonly feed: QueueFeed;
  /** Where all pictures are. */
  readonly pictures: PictureStore;
  /** Pictures to try with, one click away: photographs, */
  readonly samples: readonly Sample[];
  /** and paintings, which one can also ask for by name. */
  readonly collection: readonly HousePainting[];
  readonly sizes: Sizes;
  /** The bot's own network, if it has one: the name of its account there, and how requests there come along. */
  readonly sandbox: { readonly bot: string; readonly status: StatusFeed } | undefined;
  /** Those of the bot, as people write them. */
  readonly accounts: () => readonly string[];
  readonly altTextOf: (request: RenderRequest, to: Pick<Mention, 'language'>) => string;
  /** What a picture of the usual size takes, in the queue's unit. */
  readonly usualCost: number;
  /** Whether only what comes straight from this machine is answered, and nothing that a proxy passes on. */
  readonly isLocal: boolean;
  readonly log: Log;
}

/** The page: to have pictures painted, to see others', and to learn how it all works. */
export function webApp(options: WebAppOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders(options.address));
  app.use(compress());
  app.use(async (c, next) => {
    const isPassedOn = ['Forwarded', 'X-Forwarded-For', 'Via'].some((name) => c.req.header(name));
    if (!options.isLocal || !isPassedOn) return next();
    return c.text(
      'This page is for this machine only; its operator can open it (web.page).\n',
      403,
    );
  });
  app.onError((error, c) => {
    if (error instanceof StoreUnreachable) {
      options.log.warn({ error, path: c.req.path }, 'the pictures cannot be reached');
      c.header('Retry-After', '30');
      return c.text('The pictures cannot be reached at the moment. Please try again.\n', 503);
    }
    if (error instanceof DatabaseAway) {
      options.log.warn(
        { error, path: c.req.path },
        'the page cannot be given without the database',
      );
      c.header('Retry-After', '30');
      return c.text('The bot cannot reach its database at the moment. Please try again.\n', 503);
    }
    options.log.error({ error, path: c.req.path }, 'the page failed');
    return c.text('Something went wrong here. Please try again.\n', 500);
  });
  assetRoutes(app, options);
  paintingRoutes(app, options);
  galleryRoutes(app, options);
  readingRoutes(app, options);
  if (options.sandbox) sandboxRoutes(app, { ...options, ...options.sandbox });
  nothingRoutes(app, options);
  return app;
}
