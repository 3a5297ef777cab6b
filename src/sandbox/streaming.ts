import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';

const streamName = z.enum(['user', 'user:notification', 'public', 'public:local']);
type StreamName = z.infer<typeof streamName>;

const command = z.object({ type: z.enum(['subscribe', 'unsubscribe']), stream: z.string() });

/** What streaming clients can be told. The payload is text: the JSON of an entity, or the id of what was deleted. */
export interface StreamEvent {
  readonly event: 'update' | 'status.update' | 'notification' | 'delete';
  readonly payload: string;
  /** Whose `user` stream it goes to. */
  readonly accountIds: readonly string[];
  /** Whether it goes to the public streams too. */
  readonly isPublic: boolean;
}

interface Client {
  readonly accountId: string;
  readonly token: string;
  readonly streams: Set<StreamName>;
  isAlive: boolean;
}

export interface StreamingOptions {
  /** The account that a token belongs to. */
  readonly authenticate: (token: string) => string | undefined;
  readonly pingInterval?: number | undefined;
}

const path = '/api/v1/streaming';
const defaultPingInterval = 30_000;
/** A client that lets so many bytes pile up is not reading any more. */
const maxBacklog = 4 * 1024 * 1024;

/** Mastodon's streaming API over WebSocket. */
export class Streaming {
  readonly #options: StreamingOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 });
  readonly #clients = new Map<WebSocket, Client>();
  readonly #pings: NodeJS.Timeout;

  constructor(options: StreamingOptions) {
    this.#options = options;
    this.#pings = setInterval(() => {
      this.#pingAll();
    }, options.pingInterval ?? defaultPingInterval);
    this.#pings.unref();
  }

  /** Takes over an HTTP upgrade to the streaming path; false if it is to another path and thus somebody else's. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const url = parseUrl(request.url);
    if (url?.pathname.replace(/\/$/, '') !== path) return false;
    const token = tokenIn(request, url);
    const accountId = token === undefined ? undefined : this.#options.authenticate(token);
    const requested = url.searchParams.get('stream');
    const first = requested === null ? undefined : streamName.safeParse(requested);
    if (token === undefined || accountId === undefined) refuse(socket, 401);
    else if (first?.success === false) refuse(socket, 400);
    else {
      this.#server.handleUpgrade(request, socket, head, (connection) => {
        this.#welcome(connection, { accountId, token }, first?.data);
      });
    }
    return true;
  }

  /** Sends an event to everybody who listens for it, once for every stream that they listen to. */
  publish(event: StreamEvent): void {
    for (const [connection, client] of this.#clients) {
      for (const stream of client.streams) {
        if (!reaches(event, client, stream)) continue;
        const { event: name, payload } = event;
        connection.send(JSON.stringify({ stream: [stream], event: name, payload }));
      }
      if (connection.bufferedAmount > maxBacklog) connection.terminate();
    }
  }

  /** Ends the connections of a token that does not hold any more, as Mastodon does. */
  disconnect(token: string): void {
    for (const [connection, client] of this.#clients)
      if (client.token === token) connection.terminate();
  }

  close(): void {
    clearInterval(this.#pings);
    for (const connection of this.#clients.keys()) connection.terminate();
    this.#clients.clear();
    this.#server.close();
  }

  #welcome(
    connection: WebSocket,
    who: Pick<Client, 'accountId' | 'token'>,
    first: StreamName | undefined,
  ): void {
    const client: Client = {
      ...who,
      streams: new Set(first === undefined ? [] : [first]),
      isAlive: true,
    };
    this.#clients.set(connection, client);
    connection.on('pong', () => {
      client.isAlive = true;
    });
    connection.on('message', (data, isBinary) => {
      // Whatever a client sends shows that it lives. Buffers are what ws gives unless told otherwise.
      client.isAlive = true;
      const error = obey(client, !isBinary && data instanceof Buffer ? data.toString() : '');
      if (error !== undefined) connection.send(JSON.stringify({ error, status: 400 }));
    });
    connection.on('error', () => {
      connection.terminate();
    });
    connection.on('close', () => {
      this.#clients.delete(connection);
    });
  }

  /** A client that has not answered the last ping by the time of the next one is gone. */
  #pingAll(): void {
    for (const [connection, client] of this.#clients) {
      if (!client.isAlive) {
        connection.terminate();
        continue;
      }
      client.isAlive = false;
      connection.ping();
    }
  }
}

/** Browsers cannot set headers here, so the token may also come as a query parameter or as the protocol's name. */
function tokenIn({ headers }: IncomingMessage, url: URL): string | undefined {
  const protocol = headers['sec-websocket-protocol']?.split(',', 1)[0]?.trim();
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer ?? url.searchParams.get('access_token') ?? protocol;
}

/** Follows a client's wish; gives a sentence if it cannot be followed. */
function obey(client: Client, message: string): string | undefined {
  const wish = command.safeParse(parseJson(message));
  if (!wish.success) return 'A message must be JSON with a type and a stream.';
  const stream = streamName.safeParse(wish.data.stream);
  if (!stream.success) return 'Unknown stream type';
  if (wish.data.type === 'subscribe') client.streams.add(stream.data);
  else client.streams.delete(stream.data);
  return undefined;
}

function reaches(event: StreamEvent, client: Client, stream: StreamName): boolean {
  switch (stream) {
    case 'user':
      return event.accountIds.includes(client.accountId);
    case 'user:notification':
      return event.event === 'notification' && event.accountIds.includes(client.accountId);
    case 'public':
    case 'public:local':
      return event.isPublic;
  }
}

function refuse(socket: Duplex, status: 400 | 401): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

function parseUrl(target: string | undefined): URL | undefined {
  try {
    return new URL(`http://sandbox${target ?? ''}`);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
