import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../src/log.js';
import { mastodonPlatform } from '../../src/platforms/mastodon/platform.js';
import { beginSignIn, signOut } from '../../src/platforms/mastodon/sign-in.js';
import { mentionOf } from '../support/fixtures.js';
import { secret, secretsIn } from '../support/secrets.js';

const accessToken = secret('access token', 'kept/to+ourselves=0123456789');
const clientSecret = secret('client secret', 'secret-of-the-application');
const code = secret('authorization code', 'code-from-the-page');

/** A server that introduces applications, and does everything else as badly as it is told; gives its address. */
async function serverThat(handle: RequestListener, refuseStream = '401 Unauthorized') {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== '/api/v1/apps') {
      handle(request, response);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ client_id: 'pentimento', client_secret: clientSecret }));
  }).listen(0, '127.0.0.1');
  server.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 ${refuseStream}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
const page =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Back soon</h1>');
const reset: RequestListener = (request) => request.socket.resetAndDestroy();

/** A server with which nothing is wrong but its stream. */
const streamless: RequestListener = (request, response) => {
  const streaming = `ws://${request.headers.host ?? ''}`;
  const answers: Readonly<Record<string, unknown>> = {
    '/api/v1/accounts/verify_credentials': { id: '1', username: 'easel' },
    '/api/v2/instance': { configuration: { urls: { streaming } } },
  };
  const answer = answers[request.url ?? ''] ?? [];
  json(200, answer)(request, response);
};

const idle = () => Promise.resolve();

/** Does all that a platform can do, and gives everything that it throws or logs, in all detail. */
async function everythingSaid(url: string, token = accessToken): Promise<string> {
  const said: string[] = [];
  const stop = new AbortController();
  const log = createLog('trace', {
    write: (line) => {
      said.push(line);
      stop.abort();
    },
  });
  const cursor = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() };
  const platform = mastodonPlatform({ name: 'here', url, accessToken: token, cursor, log });
  const mention = mentionOf('1', 'ada', { inReplyTo: '2' });
  const account = { url, address: 'easel@here', accessToken: token, clientId: 'id', clientSecret };
  for (const act of [
    () => platform.signIn(),
    () => platform.listen({ mentioned: idle, deleted: idle, failed: () => undefined }, stop.signal),
    () => platform.reply(mention, { text: 'hello' }),
    () => platform.repliesTo(mention),
    () => platform.reread(mention),
    () => platform.parentOf(mention),
    () => platform.remove('3'),
    () => platform.acknowledge(mention),
    async () => (await beginSignIn(url)).finish(code),
    () => signOut(account),
  ])
    await act().catch((error: unknown) => {
      said.push(inspect(error, { depth: Infinity, showHidden: true }));
      log.error({ error });
    });
  return said.join('\n');
}

describe('no error of an account on Mastodon, nor its log at level trace, holds a secret', () => {
  it.each([
    ['refuses the token', json(401, { error: 'The access token is invalid' })],
    ['shuts the account out', json(403, { error: 'Your login is currently disabled' })],
    ['answers by a page', page(200)],
    ['answers by a page of a proxy', page(502)],
    ['answers by JSON of another kind', json(200, { id: 5 })],
    ['resets the connection', reset],
  ])('of a server that %s', async (_, handle) => {
    const said = await everythingSaid(await serverThat(handle));
    expect(said).toContain('PlatformError');
    expect(secretsIn('it', said)).toEqual([]);
  });

  it.each(['401 Unauthorized', '418 I am a teapot'])(
    'of a server whose stream answers with %s',
    async (status) => {
      const said = await everythingSaid(await serverThat(streamless, status));
      expect(said).toContain('the stream');
      expect(secretsIn('it', said)).toEqual([]);
    },
  );

  it('of a port that speaks no TLS, and of one where nobody listens', async () => {
    const url = await serverThat(page(200));
    for (const nowhere of [url.replace('http:', 'https:'), 'http://127.0.0.1:9'])
      expect(secretsIn('it', await everythingSaid(nowhere))).toEqual([]);
  });

  it('of a server that sends elsewhere, where the token does not follow', async () => {
    const elsewhere: IncomingHttpHeaders[] = [];
    const other = await serverThat((request, response) => {
      elsewhere.push(request.headers);
      page(404)(request, response);
    });
    const url = await serverThat((request, response) =>
      response.writeHead(302, { Location: `${other}${request.url ?? ''}` }).end(),
    );
    expect(secretsIn('it', await everythingSaid(url))).toEqual([]);
    expect(elsewhere).not.toEqual([]);
    expect(secretsIn('it', JSON.stringify(elsewhere))).toEqual([]);
  });
});
