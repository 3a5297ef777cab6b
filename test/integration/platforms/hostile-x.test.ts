import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createLog } from '../../../src/log.js';
import { PlatformError, type Platform } from '../../../src/platforms/port.js';
import { xPlatform } from '../../../src/platforms/x/platform.js';
import { httpServer } from '../../support/http-server.js';
import { newPlace, queueAt } from '../../support/queue.js';
import { mentionOf } from '../../support/fixtures.js';

const json = { 'Content-Type': 'application/json' };

/** An account on something that stands where X should. */
async function accountOn(handle: RequestListener): Promise<Platform> {
  const credentials = {
    method: 'oauth1',
    appKey: 'key',
    appSecret: 'secret',
    accessToken: 'token',
    accessSecret: 'other',
  } as const;
  return xPlatform({
    name: 'x:easel@x.com',
    url: await httpServer(handle),
    userId: '1234567890',
    vault: { credentials: () => credentials, renewed: () => Promise.resolve(credentials) },
    ledger: queueAt(newPlace()).ledger('x'),
    dailyReads: 1000,
    othersPictures: true,
    log: createLog('silent'),
  });
}

const servers: readonly (readonly [string, RequestListener])[] = [
  [
    'without an end',
    (_, response) => {
      response.writeHead(200, json);
      const chunk = Buffer.alloc(1e6, '[');
      const more = (): boolean =>
        !response.destroyed &&
        (response.write(chunk) ? more() : response.once('drain', more) !== response);
      more();
    },
  ],
  [
    'that unpacks to a hundred megabytes',
    (_, response) =>
      response
        .writeHead(200, { ...json, 'Content-Encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(1e8, ' '))),
  ],
  ['that is nested deeply', (_, response) => response.writeHead(200, json).end('['.repeat(1e6))],
  [
    'that sends elsewhere',
    (_, response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end(),
  ],
  [
    'of other types',
    (_, response) => response.writeHead(200, json).end('{"data":{"id":{},"text":[]},"meta":7}'),
  ],
  ['of nothing', (_, response) => response.writeHead(200, json).end()],
];

it.each(servers)('an answer %s is a failure that passes, and ends nothing', async (_, handle) => {
  const platform = await accountOn(handle);
  const mention = mentionOf('5', 'ada', { inReplyTo: '4' });
  for (const act of [
    () => platform.signIn(),
    () => platform.parentOf(mention),
    () => platform.reply(mention, { text: 'Hello.' }),
  ]) {
    const error: unknown = await act().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ kind: 'unreachable' });
  }
});

it('a post with odd fields is read as far as it can be', async () => {
  const odd = {
    data: {
      id: '4',
      text: 'a &amp; b &lt;3',
      author_id: '7',
      lang: 5,
      entities: { urls: 'none', mentions: [{ id: 'x' }] },
      attachments: { media_keys: ['3_1', 7, '3_2'] },
      referenced_tweets: 'none',
      possibly_sensitive: 'perhaps',
    },
    includes: {
      users: [{ id: [] }, { id: '7', username: 'ada', description: 9 }],
      media: [
        null,
        { media_key: '3_2', type: 'photo', url: 'https://pictures.example/2.jpg', width: -1 },
      ],
    },
  };
  const platform = await accountOn((_, response) =>
    response.writeHead(200, json).end(JSON.stringify(odd)),
  );
  const post = await platform.parentOf(mentionOf('5', 'ada', { inReplyTo: '4' }));
  expect(post).toMatchObject({
    id: '4',
    text: 'a & b <3',
    author: { handle: 'ada', address: 'ada@x.com' },
    language: null,
    sensitive: false,
  });
});
