import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { createLog } from '../../src/log.js';
import { catchUpFrom } from '../../src/platforms/mastodon/catch-up.js';
import { mastodonPlatform } from '../../src/platforms/mastodon/platform.js';
import type { Cursor, Listener, Mention, Platform } from '../../src/platforms/port.js';
import { restClient, runSandbox, type Person, type RunningSandbox } from '../sandbox/harness.js';
import { temporaryFolder } from '../support/folder.js';

const patient = { timeout: 15_000, interval: 20 };

interface Connected extends RunningSandbox {
  readonly platform: Platform;
  readonly cursor: Cursor & { value: string | undefined };
  readonly ada: Person;
  readonly reconnect: () => Platform;
}

async function connected(): Promise<Connected> {
  const sandbox = await runSandbox();
  const { accessToken } = sandbox.sandbox.signIn('pentimento', { bot: true });
  const cursor = {
    value: undefined as string | undefined,
    get: () => cursor.value,
    set: (position: string) => void (cursor.value = position),
  };
  const log = createLog('silent');
  const reconnect = () =>
    mastodonPlatform({ name: 'here', url: sandbox.url, accessToken, cursor, log });
  return {
    ...sandbox,
    platform: reconnect(),
    cursor,
    ada: await sandbox.person('ada'),
    reconnect,
  };
}

/** Listens until the end of the test, or until stopped; what is heard is in `heard`, repeats included. */
function listen(platform: Platform) {
  const heard: Mention[] = [];
  const controller = new AbortController();
  const deleted: string[] = [];
  const listener: Listener = {
    mentioned: (mention) => heard.push(mention),
    deleted: (postId) => deleted.push(postId),
    failed: () => undefined,
  };
  const done = platform.listen(listener, controller.signal);
  const stop = async () => {
    controller.abort();
    await done;
  };
  onTestFinished(stop);
  return { heard, deleted, stop };
}

const say = ({ rest }: Person, text: string, more = {}) =>
  rest.v1.statuses.create({ status: `@pentimento ${text}`, ...more });

describe('listening on Mastodon', () => {
  it.each([undefined, '0'])(
    'hears everything that was said while nobody listened, oldest first, over many pages (cursor: %s)',
    async (position) => {
      const { ada, cursor, reconnect } = await connected();
      cursor.value = position;
      const ids: string[] = [];
      for (let i = 0; i < 90; i++) ids.push((await say(ada, `number ${i}`)).id);
      const { heard } = listen(reconnect());
      await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(ids), patient);
    },
  );

  it('hears a mention that shows up after later ones were read, however often it reconnects meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let listed = [1, 3];
    const url = await httpServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const page = listed.filter((id) => id > Number(searchParams.get('min_id')));
      if (searchParams.has('max_id')) page.length = 0;
      const newestFirst = page
        .sort((a, b) => b - a)
        .map((id) => ({ id: `${id}`, type: 'mention', created_at: new Date() }));
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(newestFirst));
    });
    let position: string | undefined;
    const cursor: Cursor = { get: () => position, set: (id) => void (position = id) };
    let heard: string[] = [];
    const catchUp = catchUpFrom(restClient(url), cursor, (notification) =>
      heard.push(z.object({ id: z.string() }).parse(notification).id),
    );
    for (let reconnected = 0; reconnected < 5; reconnected++) await catchUp();
    expect(heard.slice(-2)).toEqual(['1', '3']);
    listed = [1, 2, 3];
    heard = [];
    await catchUp();
    expect(heard).toEqual(['1', '2', '3']);
    vi.advanceTimersByTime(10 * 60_000);
    for (let later = 0; later < 2; later++) await catchUp();
    expect(position).toBe('3');
    heard = [];
    await catchUp();
    expect(heard, 'what is long settled is not read again').toEqual([]);
  });

  it('does not hear itself, other bots, or favorites', async () => {
    const { platform, ada, sandbox, url, person } = await connected();
    const { accessToken } = sandbox.signIn('parrot', { bot: true });
    const { heard } = listen(platform);
    const parrot = await fetch(`${url}/api/v1/statuses`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ status: '@pentimento hello' }),
    });
    expect(parrot.status).toBe(200);
    const { id } = await say(ada, 'hello');
    const ours = await platform.reply(mentionBy('ada', id), { text: '@pentimento hello' });
    await (await person('ben')).rest.v1.statuses.$select(ours).favourite();
    await say(ada, 'last');
    await vi.waitFor(() => expect(heard.at(-1)?.text).toContain('last'), patient);
    expect(new Set(heard.map(({ author }) => author.handle))).toEqual(new Set(['ada']));
  });
});

describe('a server that sends what it likes', () => {
  const notification = (id: string, content: unknown) => ({
    id,
    type: 'mention',
    created_at: new Date().toISOString(),
    status: {
      id: `status ${id}`,
      account: { id: '7', acct: 'ada@there.example' },
      content,
      visibility: 'public',
    },
  });
  const nested = `${'<b>'.repeat(20_000)}deep${'</b>'.repeat(20_000)}`;
  const hostile = [
    notification('1', '<p>first</p>'),
    notification('2', nested),
    notification('3', 42),
    { id: '4', type: 'mention', status: 'none' },
    { hello: 'world' },
    null,
    notification('5', '<p>last</p>'),
  ];

  /** A server with these notifications, both in the list and, as soon as somebody listens, in the stream. */
  async function serverWith(list: readonly unknown[], { streams = true } = {}) {
    const asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
    const answers: Readonly<Record<string, () => unknown>> = {
      '/api/v1/accounts/verify_credentials': () => ({ id: '1', username: 'pentimento' }),
      // Servers that have no stream do not know the newer question either, as snac2.
      ...(streams
        ? {
            '/api/v2/instance': () => ({
              configuration: { urls: { streaming: url.replace('http', 'ws') } },
            }),
          }
        : { '/api/v1/instance': () => ({ urls: { streaming_api: '' } }) }),
      '/api/v1/notifications': () => list.toReversed(),
    };
    const server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      const answer = answers[path];
      response.writeHead(answer ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer?.() ?? { error: 'not here' }));
    }).listen(0, '127.0.0.1');
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      for (const each of list) {
        const payload = JSON.stringify(each).replace('</p>', ', streamed</p>');
        socket.send(JSON.stringify({ event: 'notification', payload }));
      }
      for (const text of ['', '{', '[]', '{"event":"delete"}', '{"event":5,"payload":[]}'])
        socket.send(text);
    });
    onTestFinished(() => {
      sockets.close();
      server.closeAllConnections();
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cursor: Cursor = { get: () => undefined, set: () => undefined };
    const log = createLog('silent');
    const accessToken = 'secret-token';
    return {
      asked,
      platform: mastodonPlatform({ name: 'here', url, accessToken, cursor, log }),
    };
  }

  it('is read past what cannot be read, in the list and in the stream', async () => {
    const { platform } = await serverWith(hostile);
    const { heard } = listen(platform);
    const expected = ['first', 'first, streamed', 'last', 'last, streamed'];
    await vi.waitFor(() => {
      const texts = new Set(
        heard.map(({ text }) => text).filter((text) => /^(first|last)/.test(text)),
      );
      expect([...texts].sort()).toEqual(expected);
    }, patient);
    expect(heard.find(({ id }) => id === 'status 2')?.text.length ?? 0).toBeLessThan(100_000);
  });

  it('is asked again and again if it has no stream', async () => {
    const list = [notification('1', '<p>early</p>')];
    const { platform, asked } = await serverWith(list, { streams: false });
    const { heard } = listen(platform);
    await vi.waitFor(() => expect(heard.map(({ text }) => text)).toContain('early'), patient);
    list.push(notification('2', '<p>late</p>'));
    await vi.waitFor(() => expect(heard.map(({ text }) => text)).toContain('late'), patient);
    expect(asked.map(({ url }) => url)).not.toContain('/api/v1/streaming?stream=user');
  });

  it('sees the token in a header only, and is asked for the mentions that it holds back', async () => {
    const { platform, asked } = await serverWith([]);
    listen(platform);
    const paths = () => asked.map(({ url }) => url.split('?')[0]);
    await vi.waitFor(() => {
      expect(paths()).toContain('/api/v1/streaming');
      expect(paths()).toContain('/api/v1/notifications');
    }, patient);
    expect(asked.map(({ url }) => url).join()).not.toContain('secret');
    for (const { authorization } of asked) expect(authorization).toBe('Bearer secret-token');
    const listing = asked.find(({ url }) => url.startsWith('/api/v1/notifications'));
    expect(listing?.url).toContain('include_filtered=true');
  });
});

describe('downloading from Mastodon', () => {
  it('takes a picture from its own server, though that is on this machine', async () => {
    const { platform, ada } = await connected();
    const file = new Blob([new Uint8Array(await gray())]);
    const { url } = await ada.rest.v2.media.create({ file });
    const saved = join(temporaryFolder(), 'picture');
    const attachment = { kind: 'picture', url: url ?? '', description: '' } as const;
    await platform.download(attachment, saved, 1e6, new AbortController().signal);
    expect(await sharp(saved).metadata()).toMatchObject({ width: 64, height: 48 });
  });

  it('takes none from another server on this machine', async () => {
    const { platform } = await connected();
    const url = await httpServer((_, response) => response.end('secret'));
    const saved = join(temporaryFolder(), 'picture');
    const attachment = { kind: 'picture', url, description: '' } as const;
    const download = platform.download(attachment, saved, 1e6, new AbortController().signal);
    await expect(download).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('what servers answer becomes a failure of the right kind', () => {
  const json = { 'Content-Type': 'application/json' };
  it.each<[string, number, Record<string, string>, string, object]>([
    ['a revoked token', 401, json, '{"error":"revoked"}', { kind: 'fatal' }],
    ['a refusal', 403, json, '{"error":"no"}', { kind: 'refused' }],
    [
      'a rate limit with its end',
      429,
      { ...json, 'X-RateLimit-Reset': '2031-05-06T07:08:09.000Z' },
      '{"error":"slow down"}',
      { kind: 'later', retryAt: new Date('2031-05-06T07:08:09Z') },
    ],
    ['an error of the server', 500, json, '{"error":"oh"}', { kind: 'unreachable' }],
    ['a proxy that has waited too long', 408, json, '{"error":"timeout"}', { kind: 'unreachable' }],
    [
      'a proxy’s page',
      502,
      { 'Content-Type': 'text/html' },
      '<h1>Bad</h1>',
      { kind: 'unreachable' },
    ],
    [
      'a page in place of an answer',
      200,
      { 'Content-Type': 'text/html' },
      '<h1>Hi</h1>',
      { kind: 'unreachable' },
    ],
    ['an answer of another kind', 200, json, '{"hello":"world"}', { kind: 'unreachable' }],
    ['a refusal without a reason', 403, json, '{}', { kind: 'refused' }],
    ['a refusal with nonsense for a reason', 403, json, '{"error":[5]}', { kind: 'refused' }],
    [
      'an answer that is packed although nobody asked',
      200,
      { ...json, 'Content-Encoding': 'gzip' },
      gzipSync('{"id":"1"}').toString('latin1'),
      { kind: 'unreachable' },
    ],
    ['an answer that is too long', 200, json, `"${'x'.repeat(9e6)}"`, { kind: 'unreachable' }],
  ])('%s', async (_, status, headers, body, failure) => {
    const url = await httpServer((_request, response) =>
      response.writeHead(status, headers).end(body, 'latin1'),
    );
    const secret = 'a-secret-token';
    const platform = mastodonPlatform({
      name: 'here',
      url,
      accessToken: secret,
      cursor: { get: () => undefined, set: () => undefined },
      log: createLog('silent'),
    });
    // A refusal while signing in is the end of everything.
    const asking =
      'kind' in failure && failure.kind === 'refused'
        ? platform.acknowledge(mentionBy('ada', '1'))
        : platform.signIn();
    const error: unknown = await asking.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(failure);
    expect(String(error)).not.toContain(secret);
  });
});

function mentionBy(handle: string, id: string): Mention {
  return {
    id,
    author: { id: '1', handle, address: `${handle}@here.example` },
    text: '',
    attachments: [],
    visibility: 'public',
    sensitive: false,
    spoiler: '',
    language: null,
  };
}

function gray(): Promise<Buffer> {
  const create = { width: 64, height: 48, channels: 3 as const, background: '#808080' };
  return sharp({ create }).png().toBuffer();
}

async function httpServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
