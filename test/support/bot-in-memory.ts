import { runBot, type BotOptions } from '../../src/bot.js';
import { createLog } from '../../src/log.js';
import { Metrics } from '../../src/metrics.js';
import { filesStore } from '../../src/pictures/files.js';
import type { Platform } from '../../src/platforms/port.js';
import { RenderPool } from '../../src/render/pool.js';
import { temporaryFolder } from './folder.js';
import { MemoryPlatform } from './platform.js';
import { LEASE_MS, newPlace, queueAt } from './queue.js';

/** A bot on a network in memory that downloads as `download` says, with its queue. */
export function botInMemory(
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
