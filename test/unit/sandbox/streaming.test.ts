import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { restClient, runSandbox, streamingClient } from '../../support/sandbox.js';

/** A socket to the streaming API, with everything that it has heard. */
function listen(
  url: string,
  query: string,
  options: { readonly protocol?: string; readonly headers?: Record<string, string> } = {},
) {
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}/api/v1/streaming${query}`,
    options.protocol === undefined ? [] : [options.protocol],
    { headers: options.headers },
  );
  onTestFinished(() => {
    socket.terminate();
  });
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  return { socket, heard };
}

/** The HTTP status with which an upgrade is refused. */
async function refusal(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
    });
  });
}

describe('streaming', () => {
  it('is healthy', async () => {
    const { url } = await runSandbox();
    const response = await fetch(`${url}/api/v1/streaming/health`);
    expect([response.status, await response.text()]).toEqual([200, 'OK']);
  });

  it('brings a mention to masto while it listens, by both streams that carry it', async () => {
    const { sandbox, url, person } = await runSandbox();
    const bot = sandbox.signIn('painter', { bot: true });
    const ada = await person('ada');
    for (const stream of ['user', 'user:notification'] as const) {
      const client = streamingClient(url, bot.accessToken);
      const subscription =
        stream === 'user' ? client.user.subscribe() : client.user.notification.subscribe();
      const first = subscription.values().next();
      // Nobody knows from outside when a subscription has arrived, so mention until one is heard.
      let heard = false;
      void first.then(() => (heard = true));
      await vi.waitFor(
        async () => {
          await ada.rest.v1.statuses.create({ status: '@painter please', visibility: 'direct' });
          expect(heard).toBe(true);
        },
        { timeout: 10_000, interval: 20 },
      );
      expect((await first).value).toMatchObject({
        stream: [stream],
        event: 'notification',
        payload: {
          type: 'mention',
          status: { visibility: 'direct' },
          account: { username: 'ada' },
        },
      });
    }
  });

  it("tells of one's own and of public statuses, and of their end, but not of secrets", async () => {
    const { url, person } = await runSandbox();
    const [ada, eve] = [await person('ada'), await person('eve')];
    const own = listen(url, `?stream=user&access_token=${ada.token}`);
    const everybody = listen(url, '?stream=public', { protocol: eve.token });
    const others = listen(url, '?stream=user', {
      headers: { Authorization: `Bearer ${eve.token}` },
    });
    await Promise.all([own, everybody, others].map(({ socket }) => once(socket, 'open')));
    expect(everybody.socket.protocol).toBe(eve.token);
    const secret = await ada.rest.v1.statuses.create({ status: 'psst', visibility: 'private' });
    const open = await ada.rest.v1.statuses.create({ status: 'hear ye' });
    await ada.rest.v1.statuses.$select(open.id).remove();
    await vi.waitFor(() => {
      expect(own.heard).toHaveLength(3);
      expect(everybody.heard).toHaveLength(2);
    });
    expect(own.heard[0]).toContain(secret.id);
    expect(everybody.heard.join()).not.toContain(secret.id);
    expect(JSON.parse(everybody.heard[1] ?? '')).toEqual({
      stream: ['public'],
      event: 'delete',
      payload: open.id,
    });
    expect(others.heard).toEqual([]);
  });

  it('follows subscribe and unsubscribe, and answers nonsense with a sentence', async () => {
    const { url, person } = await runSandbox();
    const ada = await person('ada');
    const { socket, heard } = listen(url, `?access_token=${ada.token}`);
    await once(socket, 'open');
    for (const nonsense of ['{', '{"type":"subscribe"}', '{"type":"subscribe","stream":"x"}']) {
      socket.send(nonsense);
    }
    socket.send(Buffer.from([1, 2, 3]));
    await vi.waitFor(() => {
      expect(heard.filter((message) => message.includes('"error"'))).toHaveLength(4);
    });
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'user' }));
    // Answers come in order: after this one the wish before has been heard.
    socket.send('{');
    await vi.waitFor(() => {
      expect(heard).toHaveLength(5);
    });
    await ada.rest.v1.statuses.create({ status: 'one' });
    await vi.waitFor(() => {
      expect(heard).toHaveLength(6);
    });
    socket.send(JSON.stringify({ type: 'unsubscribe', stream: 'user' }));
    socket.send('{');
    await vi.waitFor(() => {
      expect(heard).toHaveLength(7);
    });
    await ada.rest.v1.statuses.create({ status: 'two' });
    socket.send('{');
    await vi.waitFor(() => {
      expect(heard).toHaveLength(8);
    });
    expect(heard[7]).toContain('"error"');
  });

  it('refuses who has no token, an unknown stream, another path, another site and another host', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    const app = { Authorization: `Bearer ${token}` };
    const socketUrl = url.replace(/^http/, 'ws');
    expect(await refusal(listen(url, '?stream=user').socket)).toBe(401);
    expect(await refusal(listen(url, '?stream=user&access_token=x').socket)).toBe(401);
    expect(await refusal(listen(url, '?stream=x', { headers: app }).socket)).toBe(400);
    expect(await refusal(new WebSocket(`${socketUrl}/elsewhere`))).toBe(404);
    for (const headers of [{ Origin: 'https://evil.example' }, { Host: 'evil.example' }]) {
      const { socket } = listen(url, '', { headers: { ...app, ...headers } });
      expect(await refusal(socket)).toBe(403);
    }
  });

  it('ends the connection of a client that no longer answers pings, and of no other', async () => {
    const { url, person } = await runSandbox({ pingInterval: 20 });
    const ada = await person('ada');
    const alive = listen(url, `?access_token=${ada.token}`);
    const dead = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/streaming`, {
      headers: { Authorization: `Bearer ${ada.token}` },
      autoPong: false,
    });
    await once(dead, 'open');
    await once(dead, 'close');
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('ends with the server', async () => {
    const { url, person, close } = await runSandbox();
    const { token } = await person('ada');
    const { socket } = listen(url, `?access_token=${token}`);
    await once(socket, 'open');
    await Promise.all([once(socket, 'close'), close()]);
    await expect(restClient(url).v1.timelines.public.list()).rejects.toThrow();
  });
});
