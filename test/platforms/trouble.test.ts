import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { beginSignIn, signOut } from '../../src/platforms/mastodon/sign-in.js';
import type { Mention } from '../../src/platforms/port.js';
import { runSandbox } from '../sandbox/harness.js';
import { temporaryFolder } from '../support/folder.js';
import { letIn } from '../support/browser.js';
import { relayTo } from '../support/relay.js';
import { listen, photo } from './contract.js';
import { mastodonNetwork } from './mastodon-network.js';

/*
 * What servers and networks do wrong, one by one, and what then becomes of a mention.
 */

/** Our account on a server behind a relay, and Ada, who is on the other side of it. */
async function trouble() {
  const address = { url: '' };
  const { url, sandbox, person } = await runSandbox({ url: () => address.url });
  const relay = await relayTo(() => url);
  address.url = relay.url;
  const { accessToken } = sandbox.signIn('pentimento', { bot: true });
  const network = mastodonNetwork({
    url: relay.url,
    accessToken,
    username: 'pentimento',
    person: async (name) => (await person(name)).rest,
  });
  const ada = await network.person('ada');
  const platform = network.connect();
  const say = (text: string) => ada.post(`@pentimento ${text}`);
  const mentioned = async (): Promise<Mention> => {
    const id = await say('please');
    const { hears, stop } = listen(platform);
    const mention = await hears(id);
    await stop();
    return mention;
  };
  return { relay, network, ada, platform, say, mentioned };
}

function answer(response: ServerResponse, status: number, type: string, body: string): true {
  response.writeHead(status, { 'Content-Type': type }).end(body);
  return true;
}
const page = '<!doctype html><h1>We will be back soon</h1>';

async function painted(): Promise<string> {
  const file = join(temporaryFolder(), 'painted.jpg');
  writeFileSync(
    file,
    await sharp(await photo())
      .jpeg()
      .toBuffer(),
  );
  return file;
}

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

  it('that wants to know who asks is told: in requests and in the stream', async () => {
    const { relay, ada, network, say } = await trouble();
    let anonymous = 0;
    relay.intercept = ({ headers, url }, response) => {
      if (headers['user-agent'] !== undefined || url?.startsWith('/media')) return false;
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
    const mention = await hears(await say('please'));
    const picture = { file: await painted(), description: 'A boat.' };
    expect(await ada.see(await platform.reply(mention, { text: 'Here.', picture }))).toBeDefined();
    expect(anonymous).toBe(0);
  });
});

describe('an upload', () => {
  const isPoll = (method = '', url = '') => method === 'GET' && url.startsWith('/api/v1/media/');

  /** A server that is not ready with an upload for so many polls, and then says something. */
  async function uploading(polls: number, then: (response: ServerResponse) => boolean) {
    const { relay, platform, ada, mentioned } = await trouble();
    const mention = await mentioned();
    const counts = { polls: 0, uploads: 0 };
    relay.intercept = (request, response) => {
      const { method, url } = request;
      if (isPoll(method, url))
        return ++counts.polls > polls
          ? then(response)
          : answer(response, 206, 'application/json', '{"id":"1","url":null}');
      if (method !== 'POST' || url !== '/api/v2/media') return false;
      counts.uploads++;
      void relay.forward(request).then(({ body }) => {
        const media = z.looseObject({}).parse(JSON.parse(body));
        answer(response, 202, 'application/json', JSON.stringify({ ...media, url: null }));
      });
      return true;
    };
    const picture = { file: await painted(), description: 'A boat.' };
    const reply = () => platform.reply(mention, { text: 'Here.', picture });
    const seen = async (id: string) => (await ada.see(id))?.pictures;
    return { relay, reply, seen, counts };
  }

  it('that is not ready for twenty looks is waited for, and posted once', async () => {
    const { reply, seen, counts } = await uploading(20, () => false);
    expect(await seen(await reply())).toEqual([{ description: 'A boat.' }]);
    expect(counts).toEqual({ polls: 21, uploads: 1 });
  });

  it('that the server cannot work with (422) may go better the next time', async () => {
    const fail = (response: ServerResponse) =>
      answer(response, 422, 'application/json', '{"error":"Error processing thumbnail"}');
    const { relay, reply, seen } = await uploading(1, fail);
    await expect(reply()).rejects.toMatchObject({ kind: 'unreachable' });
    relay.intercept = () => false;
    expect(await seen(await reply())).toEqual([{ description: 'A boat.' }]);
  });

  it('that is too large for a proxy (413 with a page) is tried once more, smaller', async () => {
    const { relay, platform, ada, mentioned } = await trouble();
    const mention = await mentioned();
    let uploads = 0;
    relay.intercept = ({ method, url }, response) =>
      method === 'POST' && url === '/api/v2/media' && uploads++ === 0
        ? answer(response, 413, 'text/html', '<h1>413 Request Entity Too Large</h1>')
        : false;
    const picture = { file: await painted(), description: 'A boat.' };
    const id = await platform.reply(mention, { text: 'Here.', picture });
    expect((await ada.see(id))?.pictures).toHaveLength(1);
    expect(uploads).toBe(2);
  });

  it('is not made again because a look at it fails', async () => {
    let looks = 0;
    const { reply, seen, counts } = await uploading(0, (response) =>
      ++looks < 3 ? answer(response, 502, 'text/html', page) : false,
    );
    expect(await seen(await reply())).toHaveLength(1);
    expect(counts.uploads).toBe(1);
  });
});

describe('a stream', () => {
  it('that is half-open is noticed, and what was said meanwhile is heard', async () => {
    const { relay, platform, say } = await trouble();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let isSilent = true;
    relay.onStream = (near, far) => {
      if (!isSilent) return;
      far.unpipe(near);
      far.resume();
    };
    const { heard } = listen(platform);
    const streams = () => relay.requests.filter((one) => one.includes('streaming')).length;
    await until(() => streams() === 1);
    isSilent = false;
    await vi.advanceTimersByTimeAsync(74_000);
    await sleep(50);
    expect(streams()).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    await until(() => streams() === 2);
    const id = await say('are you there?');
    await until(() => heard.some((mention) => mention.id === id));
  });

  it('whose every connection ends after five seconds is followed patiently, and everything is heard', async () => {
    const { relay, platform, say } = await trouble();
    relay.onStream = (near, far) => {
      setTimeout(() => {
        near.destroy();
        far.destroy();
      }, 5000).unref();
    };
    const { hears } = listen(platform);
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push(await say(`number ${i}`));
      await sleep(4000);
    }
    for (const id of ids) await hears(id);
    expect(relay.requests.filter((one) => one.includes('streaming')).length).toBeLessThan(8);
    expect(relay.requests.filter((one) => one.includes('notifications')).length).toBeLessThan(20);
  });

  it('that is cut while something is said loses nothing', async () => {
    const { relay, platform, say } = await trouble();
    let cut = () => undefined as unknown;
    relay.onStream = (near) => {
      cut = () => near.destroy();
    };
    const { hears, heard } = listen(platform);
    await hears(await say('before'));
    for (let i = 0; i < 5; i++) {
      cut();
      await hears(await say(`meanwhile ${i}`));
    }
    expect(new Set(heard.map(({ id }) => id)).size).toBe(6);
  });

  it('that denies a token which holds (401) is tried again', async () => {
    const { relay, platform, say } = await trouble();
    let denials = 0;
    relay.interceptStream = (_, socket) => {
      if (denials++ > 1) return false;
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return true;
    };
    const { hears } = listen(platform);
    await vi.waitFor(() => expect(denials).toBe(3), { timeout: 30_000 });
    await hears(await say('are you there?'));
  });

  it('that never begins does not keep us from hearing', async () => {
    const { relay, platform, say } = await trouble();
    relay.interceptStream = () => true; // and says nothing
    const { hears } = listen(platform);
    await hears(await say('are you there?'));
  });

  it('of a token that is revoked ends for good, within seconds', async () => {
    const { url } = await runSandbox();
    const { page, finish } = await beginSignIn(url);
    const account = await finish(await letIn(page, 'pentimento'));
    const network = mastodonNetwork({
      ...account,
      username: 'pentimento',
      person: (name) => Promise.reject(new Error(`${name} is not needed`)),
    });
    const platform = network.connect();
    const { done } = listen(platform);
    await vi.waitFor(() => expect(platform.trouble()).toBeUndefined());
    const start = performance.now();
    await signOut(account);
    await expect(done).rejects.toMatchObject({ name: 'PlatformError', kind: 'fatal' });
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

/** Under fake timers, vi.waitFor would wait for them. */
async function until(isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > 30_000) throw new Error('it does not come about');
    await sleep(20);
  }
}
