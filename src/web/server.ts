import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { inHurry } from '../queue/hurry.js';
import { heardOut } from './hearing.js';
import { isForeign, isHostAllowed, reachable } from './loopback.js';

export interface ServeOptions {
  /** Answers before the two below: some of its addresses could be theirs. */
  readonly api?: Hono | undefined;
  /** Answers an API, and upgrades to WebSocket; false means that an upgrade is not for it. */
  readonly sandbox?:
    | {
        readonly app: Hono;
        handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
      }
    | undefined;
  /** Answers everything else. */
  readonly app: Hono;
  /** The address to listen on. Bound to loopback, only requests that name a loopback host are answered. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where people reach it by way of a proxy: then it is also answered for by this name. */
  readonly address?: string | undefined;
  /** Origins whose pages may use the API. */
  readonly cors?: readonly string[];
}

export interface RunningServer {
  /** Where it can be reached, without a slash at the end. */
  readonly url: string;
  /** Stops listening, and ends every connection, also the long-lived ones; those that wait for an answer a moment later. */
  close(): Promise<void>;
}

/** So long whoever is about to be answered may be, when the server closes. */
const LAST_ANSWERS_MS = 1000;

/** Serves the sandbox, if there is one, and everything else on one port. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { cors = [] } = options;
  const proxied = options.address === undefined ? undefined : new URL(options.address).host;
  const isHostKnown = (host: string | undefined) =>
    (host !== undefined && host === proxied) || isHostAllowed(options.host, host);
  // Not every proxy passes on by which name it was asked; that of the page that speaks with us it does.
  const isOthers = (origin: string | undefined, host: string | undefined) =>
    origin !== options.address && isForeign(origin, host);
  const root = new Hono<{ Bindings: HttpBindings }>();
  /** Answers that will soon be complete. */
  const answers = new Set<HttpBindings['outgoing']>();
  root.use(async ({ env: { outgoing } }, next) => {
    answers.add(outgoing);
    outgoing.once('close', () => answers.delete(outgoing));
    await next();
  });
  root.use(heardOut);
  root.use(async (c, next) => {
    await inHurry(next);
    const isEndless = c.res.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
    if (isEndless) answers.delete(c.env.outgoing);
  });
  root.use(async (c, next) => {
    const host = c.req.header('Host');
    const origin = c.req.header('Origin');
    const writes = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    const isInvited =
      origin !== undefined && cors.includes(origin) && c.req.path.startsWith('/api/v1/');
    if (!isHostKnown(host) || (writes && !isInvited && isOthers(origin, host))) {
      return problem(c, 403, 'This server only answers pages of its own.');
    }
    await next();
    return undefined;
  });
  if (options.api) root.route('/', options.api);
  if (options.sandbox) root.route('/', options.sandbox.app);
  root.route('/', options.app);
  root.notFound((c) => problem(c, 404, 'There is nothing here.'));

  const server = createAdaptorServer({
    fetch: root.fetch,
    hostname: options.host,
    // By default the adapter replaces the global Response. The bot's Mastodon client runs in the same process and
    // asks `instanceof Response` of what fetch gives it: it would no longer know an HTTP error when it sees one.
    overrideGlobalObjects: false,
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client may vanish during the handshake; that is its own affair.
    socket.on('error', () => socket.destroy());
    const { host, origin } = request.headers;
    if (!isHostKnown(host) || isOthers(origin, host)) {
      refuse(socket, '403 Forbidden');
    } else if (options.sandbox?.handleUpgrade(request, socket, head) !== true) {
      refuse(socket, '404 Not Found');
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  return {
    url: `http://${reachable(options.host)}:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.race([
        Promise.all([...answers].map((answer) => once(answer, 'close'))),
        sleep(LAST_ANSWERS_MS, undefined, { ref: false }),
      ]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** As the API tells its problems (RFC 9457), and, in `error`, as Mastodon does. */
function problem(c: Context, status: 403 | 404, title: string): Response {
  const body = { type: 'about:blank', title, status, error: title };
  return c.json(body, status, { 'Content-Type': 'application/problem+json' });
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
