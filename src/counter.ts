import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { housePaintings, samplePhotos } from './collection.js';
import type { Config } from './config.js';
import type { Log } from './log.js';
import type { PictureStore } from './pictures/store.js';
import type { Platform } from './platforms/port.js';
import { WEB, webPlatform } from './platforms/web/platform.js';
import { Uploads } from './platforms/web/uploads.js';
import { hasRoom } from './queue/disk.js';
import type { Queue } from './queue/queue.js';
import { altTextFor } from './replies/sentences.js';
import { costOfJob } from './render/cost.js';
import { complete, type Sizes } from './requests/parameters.js';
import { costFor } from './stages/understanding.js';
import { apiApp } from './web/api/app.js';
import { webApp } from './web/app.js';
import { QueueFeed } from './web/feed.js';
import { isLoopback } from './web/loopback.js';
import { Reception } from './web/renders/reception.js';
import { Renders } from './web/renders/renders.js';
import type { StatusFeed } from './web/status.js';

export interface CounterOptions {
  readonly config: Pick<Config, 'dataFolder' | 'downloads' | 'retention' | 'web'>;
  readonly queue: Queue;
  /** Where all pictures are. */
  readonly pictures: PictureStore;
  readonly sizes: Sizes;
  /** The bot's own network, if it has one: then it only plays. */
  readonly sandbox?: { readonly bot: string; readonly status: StatusFeed } | undefined;
  /** Those of the bot, as people write them. */
  readonly accounts: () => readonly string[];
  readonly log: Log;
}

/** Where people and programs come to us: the page and the API, and what they take to the queue. */
export interface Counter {
  readonly platform: Platform;
  readonly uploads: Uploads;
  readonly feed: QueueFeed;
  readonly page: Hono | undefined;
  readonly api: Hono | undefined;
}

/** A whole upload may take so long, on the slowest line that one would upload a photo over, */
const TOTAL_MS = 5 * 60_000;
/** and so long nothing may come of it. */
const IDLE_MS = 20_000;

/** What people send: it arrives on this machine, and is then kept with all pictures. */
export function uploadsIn(
  pictures: PictureStore,
  { dataFolder }: Pick<Config, 'dataFolder'>,
): Uploads {
  return new Uploads(pictures, join(dataFolder, 'arriving'));
}

export function openCounter(options: CounterOptions): Counter {
  const { config, queue, pictures, sizes, sandbox, accounts, log } = options;
  const { dataFolder: folder, web } = config;
  const uploads = uploadsIn(pictures, config);
  const feed = new QueueFeed(queue, WEB);
  const collection = housePaintings();
  const renders = new Renders({
    queue,
    uploads,
    pictures,
    feed,
    collection,
    costOf: (request) => costFor(request, { sizes }),
    log,
  });
  const maxBytes = config.downloads.maxMegabytes * 1e6;
  const reception = new Reception({
    renders,
    uploads,
    sizes,
    limits: { maxBytes, totalMs: TOTAL_MS, idleMs: IDLE_MS },
    hasRoom: () => hasRoom(folder),
    waitingPerPerson: queue.quotas.waitingPerPerson,
  });
  const isHere = isLoopback(web.host);
  const hasApi = web.api === 'on' || (web.api === 'auto' && isHere);
  const hasPage = web.page === 'on' || (web.page === 'auto' && (isHere || sandbox !== undefined));
  const common = { queue, renders, reception, feed, collection, sizes, log };
  return {
    platform: webPlatform(uploads),
    uploads,
    feed,
    api: hasApi
      ? apiApp({
          ...common,
          maxBytes,
          retentionDays: config.retention.days,
          isLocal: web.api === 'auto',
          cors: web.cors,
        })
      : undefined,
    page: hasPage
      ? webApp({
          ...common,
          sandbox,
          accounts,
          pictures,
          uploads,
          samples: samplePhotos(),
          altTextOf: altTextFor,
          usualCost: costOfJob({
            ...complete({}),
            effect: 'painting',
            size: sizes.usual,
            styles: 1,
          }),
          isLocal: web.page === 'auto' && sandbox === undefined,
          address: web.address,
          salt: randomBytes(16).toString('hex'),
        })
      : undefined,
  };
}
