import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { runBot } from '../src/bot.js';
import { createLog } from '../src/log.js';
import { Metrics } from '../src/metrics.js';
import type { Platform } from '../src/platforms/port.js';
import { RenderPool } from '../src/render/pool.js';
import { mentionOf, request } from './support/fixtures.js';
import { temporaryFolder } from './support/folder.js';
import { MemoryPlatform } from './support/platform.js';
import { databaseFile, LEASE_MS, queueAt } from './support/queue.js';

it('takes up no more requests than there are painters, however long their downloads take', async () => {
  const queue = queueAt(databaseFile());
  for (const id of ['1', '2', '3', '4']) queue.admit('memory', mentionOf(id), { request, cost: 1 });
  const log = createLog('silent');
  const limits = { silenceMs: 30_000, jobMs: 60_000, memoryBytes: 4e9 };
  const pool = new RenderPool({ workers: 2, ...limits, log });
  let downloads = 0;
  const platform: Platform = Object.assign(new MemoryPlatform(), {
    async download(...[, , , signal]: Parameters<Platform['download']>) {
      downloads++;
      await once(signal, 'abort');
      signal.throwIfAborted();
    },
  });
  const stop = new AbortController();
  const running = runBot(
    {
      platforms: [platform],
      queue,
      pool,
      folder: temporaryFolder(),
      size: 64,
      maxDownloadBytes: 1e6,
      attempts: 3,
      weights: {},
      keepMs: 1e9,
      heartbeatMs: LEASE_MS / 3,
      onProgress: () => undefined,
      metrics: new Metrics(() => ({})),
      log,
    },
    stop.signal,
  );
  await vi.waitFor(() => expect(downloads).toBe(2));
  // Everything that changes the queue is done by now or never: each change wakes the stage at once.
  queue.admit('memory', mentionOf('5'), { request, cost: 1 });
  await new Promise(setImmediate);
  expect(queue.pending().map(({ state }) => state)).toEqual([
    'rendering',
    'rendering',
    'queued',
    'queued',
    'queued',
  ]);
  stop.abort();
  await running;
});
