import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Hono } from 'hono';
import { accountRoutes } from './api/accounts.js';
import { applicationRoutes } from './api/applications.js';
import { authorizationRoutes } from './api/authorization.js';
import { fileRoutes } from './api/files.js';
import { authenticate, type ApiEnv, type Sandboxed } from './api/http.js';
import { instanceRoutes } from './api/instance.js';
import { mediaRoutes } from './api/media.js';
import { statusRoutes } from './api/statuses.js';
import { timelineRoutes } from './api/timelines.js';
import { createEntities } from './entities.js';
import { ApiError } from './errors.js';
import { openStores } from './stores.js';
import { Streaming } from './streaming.js';

export interface SandboxOptions {
  /** Where the sandbox keeps its database and its pictures; made if it is not there. */
  readonly directory: string;
  /** The address at which clients reach the sandbox. Asked when needed: a port may be known only after listening. */
  readonly url: () => string;
  readonly now?: (() => Date) | undefined;
  /** Told of failures that are the sandbox's own fault. */
  readonly report?: ((error: unknown) => void) | undefined;
  /** Milliseconds between the pings by which dead streaming clients are found. */
  readonly pingInterval?: number | undefined;
}

/** A tiny Mastodon server: as much of the client API as a bot and a page need. */
export interface Sandbox {
  /** Answers the API, for mounting on an HTTP server. */
  readonly app: Hono;
  /** Answers WebSocket upgrades to the streaming path; false if an upgrade is to another path. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /**
   * Signs in to the account of that name, made if it is not there yet. A bot's account is reserved: from then on
   * only this function signs in to it, and the API refuses its name.
   */
  signIn(
    username: string,
    options?: { readonly bot?: boolean; readonly displayName?: string },
  ): { readonly accessToken: string; readonly accountId: string };
  close(): void;
}

/** What is the sandbox's own; a page may be mounted on the same server beside it. */
const paths = ['/api/*', '/oauth/*', '/media/*', '/avatars/*', '/headers/*'] as const;

/** Opens the sandbox that lies in a directory, or begins a new one there. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const stores = openStores(options.directory, options.now ?? (() => new Date()));
  const streaming = new Streaming({
    authenticate: (token) => stores.accounts.holderOf(token)?.accountId ?? undefined,
    pingInterval: options.pingInterval,
  });
  const url = () => options.url().replace(/\/$/, '');
  const entities = createEntities(stores, url);
  const report = options.report ?? (() => undefined);
  const app = createApp({ stores, entities, streaming, url }, report);
  return {
    app,
    handleUpgrade: (request, socket, head) => streaming.handleUpgrade(request, socket, head),
    signIn: (username, { bot, displayName } = {}) => {
      const { id } = stores.accounts.findOrCreate(username);
      if (bot === true) stores.accounts.reserve(id);
      stores.accounts.update(id, { bot, displayName });
      const accessToken = stores.accounts.mintToken({ accountId: id, applicationId: null });
      return { accessToken, accountId: id };
    },
    close: () => {
      streaming.close();
      stores.database.close();
    },
  };
}

function createApp(sandbox: Sandboxed, report: (error: unknown) => void): Hono {
  const app = new Hono();
  const api = new Hono<ApiEnv>();
  for (const path of paths) {
    api.use(path, async (c, next) => {
      await next();
      c.header('X-Content-Type-Options', 'nosniff');
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    });
  }
  api.use('/api/*', authenticate(sandbox));
  api.get('/api/v1/streaming/health', (c) => c.text('OK'));
  api.route('/api', mediaRoutes(sandbox));
  api.route('/api', instanceRoutes(sandbox));
  api.route('/api/v1/apps', applicationRoutes(sandbox));
  api.route('/oauth', authorizationRoutes(sandbox));
  api.route('/api/v1/accounts', accountRoutes(sandbox));
  api.route('/api/v1/statuses', statusRoutes(sandbox));
  api.route('/api/v1', timelineRoutes(sandbox));
  api.route('/', fileRoutes(sandbox));
  for (const path of paths) {
    api.all(path, (c) => c.json({ error: 'Record not found' }, 404));
  }
  api.onError((error, c) => {
    if (error instanceof ApiError) return c.json({ error: error.message }, error.status);
    report(error);
    return c.json({ error: 'Something went wrong in the sandbox.' }, 500);
  });
  app.route('/', api);
  return app;
}
