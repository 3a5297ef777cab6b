import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** Answers in place of the server and gives true, or lets a request through. */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Relay {
  readonly url: string;
  /** Every request so far, streams included, as in "GET /api/v1/streaming". */
  readonly requests: readonly string[];
  /** Called with each connection, whatever it is for. */
  onConnection: (near: Socket) => void;
  intercept: Interception;
  /** Asks the server in the same words, with what is left of them; gives its answer. */
  readonly forward: (request: IncomingMessage) => Promise<{ status: number; body: string }>;
  /** Takes over the start of a stream and gives true, or lets it through. */
  interceptStream: (request: IncomingMessage, socket: Duplex) => boolean;
  /** Called with both ends of each stream that is let through. */
  onStream: (near: Duplex, far: Socket) => void;
}

/** Stands between the bot and its server; passes on everything that a test does not take over. */
export async function relayTo(target: () => string): Promise<Relay> {
  const requests: string[] = [];
  const note = ({ method = '', url = '' }: IncomingMessage) =>
    void requests.push(`${method} ${url.split('?')[0] ?? ''}`);
  const server = createServer((request, response) => {
    note(request);
    if (relay.intercept(request, response)) return;
    const { method, url = '/', headers } = request;
    const onward = ask(new URL(url, target()), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (near) => relay.onConnection(near));
  server.on('upgrade', (request, near, head) => {
    note(request);
    near.on('error', () => near.destroy());
    if (relay.interceptStream(request, near)) return;
    const { hostname, port } = new URL(target());
    const far = connect(Number(port), hostname, () => {
      const lines = request.rawHeaders.flatMap((name, i, all) =>
        i % 2 === 0 ? [`${name}: ${all[i + 1] ?? ''}`] : [],
      );
      far.write(`GET ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      near.pipe(far).pipe(near);
      relay.onStream(near, far);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => one.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    forward: async (request) => {
      const { method = 'GET', url = '/', headers } = request;
      const { authorization = '', 'content-type': type = '' } = headers;
      const answer = await fetch(new URL(url, target()), {
        method,
        headers: { authorization, 'content-type': type },
        body: new Uint8Array(await buffer(request)),
      });
      return { status: answer.status, body: await answer.text() };
    },
    onConnection: () => undefined,
    intercept: () => false,
    interceptStream: () => false,
    onStream: () => undefined,
  };
  return relay;
}
