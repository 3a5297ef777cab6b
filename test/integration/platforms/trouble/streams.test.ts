import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { beginSignIn, signOut } from '../../../../src/platforms/mastodon/sign-in.js';
import { PlatformError } from '../../../../src/platforms/port.js';
import { runSandbox } from '../../../support/sandbox.js';
import { letIn } from '../../../support/browser.js';
import type { Relay } from '../../../support/relay.js';
import { listen } from '../../../support/platforms/contract/setting.js';
import { mastodonNetwork } from '../../../support/platforms/mastodon-network.js';
import { trouble } from './trouble.js';

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

  it('that trickles is given up on: while it begins, and in the middle of an event', async () => {
    const { relay, platform, say } = await trouble();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const streams = () => relay.requests.filter((one) => one.includes('streaming')).length;
    const trickles: readonly Interception[] = [
      (_, socket) => trickle(socket, 'HTTP/1.1 101 Switching Protocols\r\nX-Slow: ', 'x'),
      (request, socket) => trickle(socket, welcome(request) + textOf(60_000), ' '),
    ];
    let begun = 0;
    relay.interceptStream = (...stream) => trickles[begun++]?.(...stream) ?? false;
    const { heard } = listen(platform);
    for (const attempts of [1, 2]) {
      await until(() => begun === attempts);
      await vi.advanceTimersByTimeAsync(74_000);
      await sleep(200); // it trickles meanwhile
      expect(streams()).toBe(attempts);
      await vi.advanceTimersByTimeAsync(5000);
    }
    await until(() => streams() === 3);
    const id = await say('are you there?');
    await until(() => heard.some((mention) => mention.id === id));
  });

  it('whose server ends every connection after five seconds, whatever it is for, is followed patiently', async () => {
    const { relay, platform, ada, say } = await trouble();
    relay.onConnection = (socket) => {
      setTimeout(() => socket.destroy(), 5000).unref();
    };
    const { hears } = listen(platform);
    for (let i = 0; i < 4; i++) {
      const mention = await hears(await say(`number ${i}`));
      const id = await persistently(() => platform.reply(mention, { text: 'Here.' }));
      expect((await ada.see(id))?.inReplyTo).toBe(mention.id);
      expect(await persistently(() => platform.repliesTo(mention))).toHaveLength(1);
      await sleep(4000);
    }
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
    await expect(hears(await say('are you there?'))).resolves.toBeDefined();
  });

  it('of a token that is revoked ends for good, within seconds', async () => {
    const { url } = await runSandbox();
    const { page, finish } = await beginSignIn(url);
    const account = await finish(await letIn(page, 'pentimento'));
    const network = mastodonNetwork({
      ...account,
      username: 'pentimento',
      person: nobody,
      robot: nobody,
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

type Interception = Relay['interceptStream'];

/** Says something and then the same over and over, for as long as anybody listens. */
function trickle(socket: Duplex, first: string | Buffer, more: string): true {
  socket.write(first, 'latin1');
  const drip = setInterval(() => socket.write(more), 20);
  socket.on('close', () => clearInterval(drip));
  return true;
}

/** Opens a WebSocket (RFC 6455, section 4.2.2). */
function welcome({ headers }: IncomingMessage): string {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** The beginning of a message of so many bytes (section 5.2), as Latin-1. */
function textOf(bytes: number): string {
  return String.fromCharCode(0x81, 126, bytes >> 8, bytes & 255);
}

const nobody = (name: string) => Promise.reject(new Error(`${name} is not needed`));

/** A server that ends connections may do so under a request; then it is made again. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'unreachable') throw error;
    }
  }
}

/** Under fake timers, vi.waitFor would wait for them. */
async function until(isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > 30_000) throw new Error('it does not come about');
    await sleep(20);
  }
}
