import type { RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { createLog } from '../../../../src/log.js';
import type { Credentials, OAuth2 } from '../../../../src/platforms/x/credentials.js';
import { xPlatform } from '../../../../src/platforms/x/platform.js';
import { beginXSignIn, signOutOfX } from '../../../../src/platforms/x/sign-in.js';
import { mentionOf } from '../../../support/fixtures.js';
import { httpServer } from '../../../support/http-server.js';
import { newPlace, queueAt } from '../../../support/queue.js';
import { secret, secretsIn } from '../../../support/secrets.js';

const appSecret = secret('app secret', 'the-secret-of-the-application');
const accessToken = secret('access token', '1234567890-kept/to+ourselves');
const accessSecret = secret('access token', 'signs-everything=0123456789');
const refreshToken = secret('refresh token', 'good-for-one-more-token');
const clientSecret = secret('client secret', 'another-secret-of-the-application');
const code = secret('authorization code', 'code-from-the-address');

const methods: readonly (readonly [string, Credentials])[] = [
  ['OAuth 1.0a', { method: 'oauth1', appKey: 'key', appSecret, accessToken, accessSecret }],
  [
    'OAuth 2.0',
    {
      method: 'oauth2',
      clientId: 'id',
      clientSecret,
      accessToken,
      refreshToken,
      expiresAt: Date.now() + 1e9,
    },
  ],
];

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

/** A server that says back all that it was sent. */
const parrot: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const detail = `${request.url ?? ''} ${body} ${JSON.stringify(request.headers)} ${accessSecret} ${appSecret}`;
    json(400, { title: 'Invalid Request', detail })(request, response);
  });
};

const servers: readonly (readonly [string, RequestListener])[] = [
  ['refuses the token', json(401, { title: 'Unauthorized', detail: 'Unauthorized' })],
  ['says back what it was sent', parrot],
  ['answers by a page', (_, response) => response.end('<h1>Back soon</h1>')],
  ['answers by JSON of another kind', json(200, { data: 5 })],
  [
    'answers by half of a JSON',
    (_, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"data": '),
  ],
  ['resets the connection', (request) => request.socket.resetAndDestroy()],
  ['is full', json(429, { title: 'Too Many Requests' })],
];

/** Does all that an account can do, and gives everything that it throws or logs, in all detail. */
async function everythingSaid(url: string, credentials: Credentials): Promise<string> {
  const said: string[] = [];
  const stop = new AbortController();
  const log = createLog('trace', {
    write: (line) => {
      said.push(line);
      stop.abort();
    },
  });
  const platform = () =>
    xPlatform({
      name: 'x:easel@x.com',
      url,
      userId: '1234567890',
      vault: {
        credentials: () => credentials,
        renewed: async (_, renew) => renew(credentials as OAuth2),
      },
      ledger: queueAt(newPlace()).ledger('here'),
      dailyReads: 1e6,
      othersPictures: true,
      log,
    });
  const mention = mentionOf('1', 'ada', { inReplyTo: '2' });
  const idle = () => Promise.resolve();
  for (const act of [
    () => platform().signIn(),
    () =>
      platform().listen({ mentioned: idle, deleted: idle, failed: () => undefined }, stop.signal),
    () => platform().reply(mention, { text: 'hello' }),
    () => platform().parentOf(mention),
    () => platform().remove('3'),
    async () =>
      (await beginXSignIn(url, { method: 'oauth1', appKey: 'key', appSecret })).finish('1234567'),
    async () => {
      const callback = 'http://127.0.0.1/';
      const { page, finish } = await beginXSignIn(url, {
        method: 'oauth2',
        clientId: 'id',
        clientSecret,
        callback,
      });
      const state = new URL(page).searchParams.get('state') ?? '';
      return finish(`${callback}?state=${state}&code=${code}`);
    },
    () => signOutOfX(url, { userId: '1', address: 'easel@x.com', credentials }),
  ])
    await Promise.resolve(act()).catch((error: unknown) => {
      said.push(inspect(error, { depth: Infinity, showHidden: true }));
      log.error({ error });
    });
  return said.join('\n');
}

it.each(
  methods.flatMap(([method, credentials]) =>
    servers.map(([what, handle]) => [what, method, credentials, handle] as const),
  ),
)(
  'no error of an account on X, nor its log at level trace, holds a secret if X %s (%s)',
  async (_, __, credentials, handle) => {
    const said = await everythingSaid(await httpServer(handle), credentials);
    expect(said).toContain('PlatformError');
    expect(secretsIn('it', said)).toEqual([]);
  },
);

it('nor if nobody listens there, or what listens speaks no TLS', async () => {
  const [, credentials] = methods[0] ?? [];
  const plain = await httpServer((_, response) => response.end());
  for (const nowhere of ['http://127.0.0.1:9', plain.replace('http:', 'https:')])
    if (credentials)
      expect(secretsIn('it', await everythingSaid(nowhere, credentials))).toEqual([]);
});
