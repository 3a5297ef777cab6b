import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { createLog } from '../../../src/log.js';
import { mastodonPlatform } from '../../../src/platforms/mastodon/platform.js';
import type { Cursor } from '../../../src/platforms/port.js';
import { listen, patient } from '../../support/platforms/contract/setting.js';

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

  /** A server with notifications in its list and, as soon as somebody listens, the same or others in the stream. */
  async function serverWith(list: readonly unknown[], { streams = true, streamed = list } = {}) {
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
      for (const each of streamed)
        socket.send(JSON.stringify({ event: 'notification', payload: JSON.stringify(each) }));
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
    const cursor: Cursor = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() };
    const log = createLog('silent');
    const accessToken = 'secret-token';
    return {
      asked,
      platform: mastodonPlatform({ name: 'here', url, accessToken, cursor, log }),
    };
  }

  it.each([
    ['list', { listed: hostile, streamed: [] }],
    ['stream', { listed: [], streamed: hostile }],
  ])('is read past what cannot be read in its %s', async (_, { listed, streamed }) => {
    const { platform } = await serverWith(listed, { streamed });
    const { heard } = listen(platform);
    const texts = () => heard.map(({ text }) => text);
    await vi.waitFor(() => {
      expect(texts()).toContain('first');
      expect(texts()).toContain('last');
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
