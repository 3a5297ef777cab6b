import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runBot, type BotOptions } from '../../src/bot.js';
import { createLog } from '../../src/log.js';
import { filesStore } from '../../src/pictures/files.js';
import { Metrics } from '../../src/metrics.js';
import { PlatformError, type Platform } from '../../src/platforms/port.js';
import { RenderPool } from '../../src/render/pool.js';
import { mentionOf, request } from '../support/fixtures.js';
import { temporaryFolder } from '../support/folder.js';
import { MemoryPlatform } from '../support/platform.js';
import { claimed, newPlace, LEASE_MS, queueAt } from '../support/queue.js';

/** A bot on a network in memory whose downloads are as given, and its queue. */
function running(
  download: Platform['download'],
  workers = 1,
  more: Partial<Pick<BotOptions, 'heartbeatMs' | 'onProgress'>> = {},
) {
  const folder = temporaryFolder();
  const queue = queueAt(newPlace());
  const network = new MemoryPlatform();
  const log = createLog('silent');
  const limits = { silenceMs: 30_000, jobMs: 60_000, memoryBytes: 4e9 };
  const options = {
    listens: true,
    onDuty: () => undefined,
    platforms: [Object.assign(network, { download })],
    queue,
    pool: new RenderPool({
      workers,
      studio: { network: 'auto', device: 'auto' },
      gpus: [],
      ...limits,
      log,
    }),
    pictures: filesStore(folder),
    folder,
    sizes: { usual: 64, max: 64 },
    collection: [],
    safety: { porn: 'off', hentai: 'off', sexy: 'off', threshold: 0.5 } as const,
    maxDownloadBytes: 1e6,
    attempts: 3,
    weights: {},
    acknowledge: 'favorite' as const,
    othersPictures: false,
    keepMs: 1e9,
    heartbeatMs: LEASE_MS / 3,
    onProgress: () => undefined,
    metrics: new Metrics(() => Promise.resolve({})),
    log,
    ...more,
  };
  const start = () => {
    const controller = new AbortController();
    const bot = runBot(options, controller.signal);
    return async () => {
      controller.abort();
      await bot;
    };
  };
  return { queue, network, folder, start };
}

it('takes up no more requests than there are painters, however long their downloads take', async () => {
  let downloads = 0;
  const { queue, start } = running(async (...[, , , signal]) => {
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
  const { queue, start } = running(
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
  const { queue, folder, start } = running(() => Promise.reject(new Error('nothing to fetch')));
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
  const { queue, network, start } = running(() => {
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

it('keeps nothing of a picture that is cancelled when it is all but done', async () => {
  const plain = { create: { width: 64, height: 48, channels: 3, background: 'teal' } } as const;
  const photo = await sharp(plain).png().toBuffer();
  const cancelled: boolean[] = [];
  const { queue, folder, start } = running((_, file) => writeFile(file, photo), 1, {
    heartbeatMs: 60_000, // so that the painter does not hear of it before it has written the picture
    onProgress: ({ id }, fraction) => {
      if (fraction === 1) void queue.cancel('memory', id).then((did) => cancelled.push(did));
    },
  });
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  const stop = start();
  await vi.waitFor(() => expect(cancelled).toEqual([true]), { timeout: 60_000 });
  // After the last step the judge looks at the picture, and it is written.
  await vi.waitFor(() => expect(readdirSync(join(folder, 'downloads'))).toEqual([]), {
    timeout: 60_000,
  });
  await stop();
  expect(readdirSync(join(folder, 'pictures'))).toEqual([]); // it was there for a moment
});
