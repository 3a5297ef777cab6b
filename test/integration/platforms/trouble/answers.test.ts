import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../../support/folder.js';
import { listen, paintedPicture, photo } from '../../../support/platforms/contract/setting.js';
import { answer, page, trouble } from './trouble.js';

describe('a server in trouble', () => {
  it.each([
    ['502 with a page', 502, 'text/html', page],
    ['200 with a page', 200, 'text/html', page],
    ['404 with a page', 404, 'text/html', page],
    ['503 in JSON', 503, 'application/json', '{"error":"Service unavailable"}'],
  ])(
    '(%s) is unreachable, whatever it is asked, and nothing is taken for gone',
    async (...given) => {
      const [, status, type, body] = given;
      const { relay, platform, mentioned } = await trouble();
      const mention = await mentioned();
      const reply = { ...mention, inReplyTo: mention.id };
      relay.intercept = (_, response) => answer(response, status, type, body);
      const unreachable = { name: 'PlatformError', kind: 'unreachable' };
      for (const ask of [
        () => platform.reply(mention, { text: 'Hello.' }),
        () => platform.repliesTo(mention),
        () => platform.reread(mention),
        () => platform.parentOf(reply),
        () => platform.remove('1'),
      ])
        await expect(ask()).rejects.toMatchObject(unreachable);
      relay.intercept = () => false;
      expect(await platform.reread(mention)).toEqual(mention);
    },
  );

  it.each([400, 403, 418, 421, 451])(
    'that does not let us read (%i) has not said that a post is gone',
    async (status) => {
      const { relay, platform, mentioned } = await trouble();
      const mention = await mentioned();
      for (const [type, body] of [
        ['application/json', '{"error":"This action is outside the authorized scopes"}'],
        ['text/plain', ''],
      ] as const) {
        relay.intercept = (_, response) => answer(response, status, type, body);
        const unreachable = { kind: 'unreachable' };
        await expect(platform.reread(mention)).rejects.toMatchObject(unreachable);
        await expect(platform.repliesTo(mention)).rejects.toMatchObject(unreachable);
      }
    },
  );

  it('that repeats our token does not have us tell it', async () => {
    const { relay, platform, mentioned } = await trouble();
    const mention = await mentioned();
    relay.intercept = ({ headers }, response) =>
      answer(response, 422, 'application/json', JSON.stringify({ error: headers.authorization }));
    const error: unknown = await platform.acknowledge(mention).catch((reason: unknown) => reason);
    expect(String(error)).toContain('[secret]');
  });

  it('(429) is to be asked later, when it says', async () => {
    const { relay, platform, mentioned } = await trouble();
    const mention = await mentioned();
    const reset = new Date(Date.now() + 90_000);
    relay.intercept = (_, response) => {
      response.setHeader('X-RateLimit-Remaining', '0');
      response.setHeader('X-RateLimit-Reset', reset.toISOString());
      return answer(response, 429, 'application/json', '{"error":"Too many requests"}');
    };
    const later = { kind: 'later', retryAt: reset };
    await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(later);
    const before = relay.requests.length;
    relay.intercept = () => false;
    await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(later);
    expect(relay.requests.length, 'it is not asked before').toBe(before);
  });

  it('that trickles its answer for ever is given up on', async () => {
    const { relay, platform, mentioned } = await trouble();
    const mention = await mentioned();
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked: number[] = [];
    // A minute passes in two seconds.
    const fast = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      asked.push(ms);
      return timeout(ms / 30);
    });
    onTestFinished(() => fast.mockRestore());
    relay.intercept = (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      request.on('close', () => clearInterval(drip));
      response.on('close', () => clearInterval(drip));
      return true;
    };
    await expect(platform.repliesTo(mention)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(asked).toContain(60_000);
  });

  it('that wants to know who asks is told: in requests, in the stream and in downloads', async () => {
    const { relay, ada, network } = await trouble();
    let anonymous = 0;
    relay.intercept = ({ headers }, response) => {
      if (headers['user-agent'] !== undefined) return false;
      anonymous++;
      return answer(response, 418, 'text/plain', 'I am a teapot');
    };
    relay.interceptStream = ({ headers }, socket) => {
      if (headers['user-agent'] !== undefined) return false;
      anonymous++;
      socket.end('HTTP/1.1 418 I am a teapot\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return true;
    };
    const platform = network.connect();
    const { hears } = listen(platform);
    await vi.waitFor(() => expect(relay.requests).toContain('GET /api/v1/streaming'));
    const pictures = [{ data: await photo(), description: 'A boat.' }];
    const mention = await hears(await ada.post('@pentimento please', { pictures }));
    const [attachment] = mention.attachments;
    if (attachment === undefined) throw new Error('no attachment');
    const file = join(temporaryFolder(), 'picture');
    await platform.download(attachment, file, 1e6, new AbortController().signal);
    const picture = { ...(await paintedPicture()), description: 'A boat, repainted.' };
    expect(await ada.see(await platform.reply(mention, { text: 'Here.', picture }))).toBeDefined();
    expect(anonymous).toBe(0);
  });
});
