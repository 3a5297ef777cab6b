import { OpenAPIHono } from '@hono/zod-openapi';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { HousePainting } from '../../collection.js';
import type { Log } from '../../log.js';
import type { Queue } from '../../queue/queue.js';
import { keyShown } from '../../queue/keys.js';
import type { Sizes } from '../../requests/parameters.js';
import { version } from '../../version.js';
import type { QueueFeed } from '../feed.js';
import { programOf, type Client } from '../renders/client.js';
import type { Reception } from '../renders/reception.js';
import type { Renders } from '../renders/renders.js';
import { catalogRoutes } from './catalog.js';
import { answerProblem, Problem } from './problems.js';
import { renderRoutes } from './renders.js';

export interface ApiOptions {
  readonly queue: Queue;
  readonly renders: Renders;
  readonly reception: Reception;
  readonly feed: QueueFeed;
  readonly collection: readonly HousePainting[];
  readonly sizes: Sizes;
  readonly maxBytes: number;
  readonly retentionDays: number;
  /** Whether only what comes straight from this machine is answered, and nothing that a proxy passes on. */
  readonly isLocal: boolean;
  /** Origins whose pages may ask. */
  readonly cors: readonly string[];
  readonly log: Log;
}

export interface ApiEnv {
  Variables: { client: Client };
}

/** What is behind a key. */
const paths = ['renders', 'styles', 'parameters', 'limits'].flatMap((name) => [
  `/api/v1/${name}`,
  `/api/v1/${name}/*`,
]);

/** The API by which programs have pictures painted; docs/api.md shows how. */
export function apiApp(options: ApiOptions): Hono {
  const { queue, renders, isLocal, cors: origins, log } = options;
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
  app.onError((error, c) => answerProblem(c, error, renders, log));
  for (const path of [...paths, '/api/v1/openapi.json']) {
    app.use(path, async (c, next) => {
      await next();
      c.header('X-Content-Type-Options', 'nosniff');
      if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    });
    if (origins.length > 0)
      app.use(path, cors({ origin: [...origins], exposeHeaders: ['Location', 'Retry-After'] }));
    app.use(path, async (c, next) => {
      const isPassedOn = ['Forwarded', 'X-Forwarded-For', 'Via'].some((name) => c.req.header(name));
      if (isLocal && isPassedOn) throw new Problem(404, 'not-found');
      await next();
    });
  }
  for (const path of paths)
    app.use(path, async (c, next) => {
      const shown = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
      const key =
        shown === undefined ? undefined : await keyShown(queue.database, shown, Date.now());
      if (key === undefined)
        throw new Problem(
          401,
          'no-key',
          'Send a key as “Authorization: Bearer pentimento_…”; the bot’s operator makes them with “pentimento keys create”.',
          {},
          { 'WWW-Authenticate': 'Bearer' },
        );
      c.set('client', programOf(key));
      await next();
    });
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of “pentimento keys create”.',
  });
  renderRoutes(app, options);
  catalogRoutes(app, options);
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Pentimento',
      version,
      description:
        'Repaints a photo in the style of a painting. Requests wait in the same line as everybody’s.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
  });
  app.get('/api/v1/openapi.json', (c) => c.json(document));
  for (const path of paths)
    app.all(path, () => {
      throw new Problem(404, 'not-found');
    });
  const plain = new Hono();
  plain.route('/', app);
  return plain;
}
