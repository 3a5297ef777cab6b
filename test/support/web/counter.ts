import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { housePaintings, samplePhotos } from '../../../src/collection.js';
import { createLog } from '../../../src/log.js';
import { filesStore } from '../../../src/pictures/files.js';
import type { PictureStore } from '../../../src/pictures/store.js';
import { WEB } from '../../../src/platforms/web/platform.js';
import { Uploads } from '../../../src/platforms/web/uploads.js';
import { DATABASE_FILE } from '../../../src/queue/sqlite.js';
import { createKey } from '../../../src/queue/keys.js';
import type { Queue } from '../../../src/queue/queue.js';
import type { Quotas } from '../../../src/queue/quotas.js';
import { altTextFor } from '../../../src/replies/sentences.js';
import { costFor } from '../../../src/stages/understanding.js';
import { apiApp } from '../../../src/web/api/app.js';
import { webApp, type WebAppOptions } from '../../../src/web/app.js';
import { QueueFeed } from '../../../src/web/feed.js';
import { Reception } from '../../../src/web/renders/reception.js';
import { Renders } from '../../../src/web/renders/renders.js';
import { serve } from '../../../src/web/server.js';
import { temporaryFolder } from '../folder.js';
import { options as generous, queueAt } from '../queue.js';

export interface CounterOptions extends Partial<
  Pick<WebAppOptions, 'samples' | 'collection' | 'sandbox' | 'isLocal' | 'address'>
> {
  readonly quotas?: Quotas;
  readonly maxBytes?: number;
  readonly idleMs?: number;
  readonly cors?: readonly string[];
  /** Whether there is room on the disk. */
  readonly hasRoom?: () => Promise<boolean>;
  /** Others than files in its folder. */
  readonly pictures?: PictureStore;
}

export interface Counter {
  readonly app: Hono;
  readonly api: Hono;
  readonly queue: Queue;
  readonly feed: QueueFeed;
  readonly folder: string;
  readonly pictures: PictureStore;
}

/** The page and the API over a queue that nobody paints from. */
export function counterAt(folder: string, options: CounterOptions = {}): Counter {
  const { quotas = generous.quotas, maxBytes = 1e6, idleMs = 10_000 } = options;
  const queue = queueAt(join(folder, DATABASE_FILE), undefined, quotas);
  const { pictures = filesStore(folder) } = options;
  const uploads = new Uploads(pictures, join(folder, 'arriving'));
  const feed = new QueueFeed(queue, WEB);
  const log = createLog('silent');
  const sizes = { usual: 512, max: 768 };
  const { collection = housePaintings(), samples = samplePhotos() } = options;
  const costOf = (request: Parameters<typeof costFor>[0]) => costFor(request, { sizes });
  const renders = new Renders({ queue, uploads, pictures, feed, collection, costOf, log });
  const reception = new Reception({
    renders,
    uploads,
    sizes,
    limits: { maxBytes, totalMs: 60_000, idleMs },
    hasRoom: options.hasRoom ?? (() => Promise.resolve(true)),
    waitingPerPerson: quotas.waitingPerPerson,
  });
  const common = { queue, renders, reception, feed, collection, sizes, log };
  const { isLocal = true, cors = [], sandbox, address } = options;
  return {
    queue,
    feed,
    folder,
    pictures,
    app: webApp({
      ...common,
      uploads,
      pictures,
      samples,
      sandbox,
      address,
      isLocal,
      accounts: () => ['pentimento@here.example'],
      altTextOf: altTextFor,
      usualCost: 1e7,
      salt: 'salt',
    }),
    api: apiApp({ ...common, maxBytes, retentionDays: 30, isLocal, cors }),
  };
}

export interface RunningCounter extends Counter {
  readonly url: string;
  /** Makes a key. */
  readonly key: (name: string, weight?: number) => Promise<string>;
  /** Asks the API with a key. */
  readonly ask: (key: string | undefined, path: string, init?: RequestInit) => Promise<Response>;
}

/** For which requests something is there, or is on its way. */
export function sentTo({ folder }: Counter): readonly string[] {
  const names = ['uploads', 'arriving'].flatMap((name) =>
    existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [],
  );
  return [...new Set(names)];
}

/** The same on a real server. */
export async function runCounter(options: CounterOptions = {}): Promise<RunningCounter> {
  const folder = temporaryFolder();
  const counter = counterAt(folder, options);
  const { address, cors = [] } = options;
  const { api, app } = counter;
  const server = await serve({ api, app, host: '127.0.0.1', port: 0, address, cors });
  onTestFinished(() => server.close());
  return {
    ...counter,
    url: server.url,
    key: (name, weight = 1) => createKey(counter.queue.database, { name, weight }, Date.now()),
    ask: (key, path, init = {}) =>
      fetch(`${server.url}/api/v1${path}`, {
        ...init,
        headers: {
          ...(init.headers as Record<string, string> | undefined),
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        },
      }),
  };
}
