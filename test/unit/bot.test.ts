import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { PlatformError } from '../../src/platforms/port.js';
import { botInMemory } from '../support/bot-in-memory.js';
import { mentionOf, request } from '../support/fixtures.js';
import { claimed } from '../support/queue.js';

it('takes up no more requests than there are painters, however long their downloads take', async () => {
  let downloads = 0;
  const { queue, start } = botInMemory(async (...[, , , signal]) => {
    downloads++;
    await once(signal, 'abort');
    signal.throwIfAborted();
  }, 2);
  for (const id of ['1', '2', '3', '4'])
    await queue.admit('memory', mentionOf(id), { request, cost: 1 });
  const stop = start();
  await vi.waitFor(() => expect(downloads).toBe(2));
  // Everything that changes the queue is done by now or never: each change wakes the stage at once.
  await queue.admit('memory', mentionOf('5'), { request, cost: 1 });
  await new Promise(setImmediate);
  expect((await queue.pending()).map(({ state }) => state)).toEqual([
    'rendering',
    'rendering',
    'queued',
    'queued',
    'queued',
  ]);
  await stop();
});

it('a clock that leaps does not have an idle painter take up what another one is at', async () => {
  vi.useFakeTimers({ toFake: ['Date'] }); // as in a sleep of the machine: only the wall clock goes on
  onTestFinished(() => void vi.useRealTimers());
  let downloads = 0;
  const { queue, start } = botInMemory(
    async (...[, , , signal]) => {
      downloads++;
      await once(signal, 'abort');
      signal.throwIfAborted();
    },
    2,
    { heartbeatMs: 60_000 },
  );
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  const stop = start();
  await vi.waitFor(() => expect(downloads).toBe(1));
  vi.setSystemTime(Date.now() + 24 * 60 * 60_000);
  for (let look = 0; look < 5; look++) {
    queue.emit('change'); // wakes whoever looks for work
    await new Promise(setImmediate);
  }
  await queue.admit('memory', mentionOf('2'), { request, cost: 1 });
  await vi.waitFor(() => expect(downloads).toBe(2));
  expect((await queue.pending()).map(({ mentionId }) => mentionId)).toEqual(['1', '2']);
  await stop();
});

it('removes pictures that the queue knows nothing of, and no others', async () => {
  const { queue, folder, start } = botInMemory(() => Promise.reject(new Error('nothing to fetch')));
  const painted = {
    type: 'painted',
    file: 'pictures/1.jpg',
    seconds: 1,
    width: 1,
    height: 1,
  } as const;
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.admit('memory', mentionOf('2'), { refusal: { type: 'no pictures' } });
  mkdirSync(join(folder, 'pictures'));
  const long = new Date(Date.now() - 2 * 60 * 60_000);
  for (const name of ['1.jpg', '1-0a1b2c3d.jpg', '.1.jpg.part', '2.jpg', '77.jpg', 'x']) {
    const file = join(folder, 'pictures', name);
    writeFileSync(file, 'a picture');
    if (!name.endsWith('.jpg')) utimesSync(file, long, long);
  }
  const stop = start();
  await vi.waitFor(() => expect(readdirSync(join(folder, 'pictures'))).toEqual(['1.jpg']));
  await stop();
});

it('does not blame a request for a server that is away: it asks again for hours, then for another post', async () => {
  vi.useFakeTimers({
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  onTestFinished(() => void vi.useRealTimers());
  const asked: number[] = [];
  const { queue, network, start } = botInMemory(() => {
    asked.push(Date.now());
    return Promise.reject(new PlatformError('unreachable', 'nobody is there'));
  });
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  const stop = start();
  while (network.posts.length === 0) {
    await vi.advanceTimersByTimeAsync(1000);
    await new Promise(setImmediate); // for the disk, whose time is real
  }
  expect(asked).toHaveLength(12);
  const hours = ((asked.at(-1) ?? 0) - (asked[0] ?? 0)) / 3_600_000;
  expect(hours).toBeGreaterThan(1);
  expect(network.posts[0]?.reply.text).toContain('the photo: it could not be fetched');
  await stop();
});
