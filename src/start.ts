import { runBot } from './bot.js';
import { housePaintings } from './collection.js';
import type { Config } from './config.js';
import { openFront, type Role } from './front.js';
import { cudaGpus } from './graph/cuda-gpus.js';
import type { Log } from './log.js';
import { Metrics } from './metrics.js';
import { chosenNetwork } from './networks/shelf.js';
import { openPictures } from './pictures/open.js';
import { connected, openQueue, signInAll } from './open.js';
import type { RateLimits } from './platforms/mastodon/budget.js';
import type { Platform } from './platforms/port.js';
import { dayOf } from './platforms/x/reads.js';
import { isPaused, tallies } from './queue/desk.js';
import { freeBytes } from './queue/disk.js';
import { readsOn } from './queue/ledger.js';
import { readinessOf } from './readiness.js';
import { largestSizeIn } from './render/fits.js';
import { RenderPool } from './render/pool.js';
import { parameters, type Sizes } from './requests/parameters.js';
import { hearOf, tellingOf, type Progress } from './stages/progress.js';
import { operationsApp } from './web/operations.js';
import { version } from './version.js';
import type { StatusFeed } from './web/status.js';

/** Our own server does not mind how often our own bot asks it. */
const NO_LIMITS: RateLimits = {
  requestsPer5Minutes: 1e6,
  uploadsPer30Minutes: 1e6,
  postsPer3Hours: 1e6,
  removalsPer30Minutes: 1e6,
};

export interface RunningBot {
  /** The bot's own network; undefined if it has a real account instead. */
  readonly sandbox: { readonly url: string; readonly feed: StatusFeed } | undefined;
  /** As people write them: pentimento@mastodon.example; of a server that is away, by the names they have here. */
  readonly accounts: readonly string[];
  /** Settles when the bot has stopped: after the signal, or because it cannot go on. */
  readonly done: Promise<void>;
}

async function openPool({ render, models }: Config, log: Log): Promise<RenderPool> {
  const gpus = await cudaGpus(render.device);
  return new RenderPool({
    workers: render.workers === 'auto' ? Math.max(1, gpus.length) : render.workers,
    gpus,
    studio: { network: render.network, device: render.device, models: models.folder },
    silenceMs: render.silenceSeconds * 1000,
    jobMs: render.timeoutMinutes * 60_000,
    memoryBytes: render.maxMegabytes * 1e6,
    log,
  });
}

/** The sizes that people may have: what the operator allows, as far as it fits into a worker's memory. */
function sizesOf({ size, maxSize, maxMegabytes }: Config['render']): Sizes {
  const fitting = Math.max(parameters.size.min, largestSizeIn(maxMegabytes * 1e6));
  return { usual: Math.min(size, fitting), max: Math.min(Math.max(size, maxSize), fitting) };
}

/** Opens everything that a bot needs, or its part, wires it together and lets it run until the signal aborts. */
export async function startBot(
  config: Config,
  log: Log,
  signal: AbortSignal,
  role: Role = 'bot',
): Promise<RunningBot> {
  const { dataFolder: folder, rateLimits, render, models, downloads, retention } = config;
  const sizes = sizesOf(render);
  const collection = housePaintings();
  const closing: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closing.reverse()) await close();
  };
  // Before anything is opened: without its network the bot would take in pictures and paint none.
  await chosenNetwork(render.network, models.folder);
  try {
    const leaseMs = Math.round(config.queue.leaseSeconds * 1000);
    const { queue, close } = await openQueue(config, leaseMs, log, signal);
    closing.push(close);
    const pictures = await openPictures({ ...config.pictures, folder, database: queue.database });
    const metrics = new Metrics(
      () => tallies(queue.database),
      () => isPaused(queue.database),
      {
        limit: config.x.dailyReads,
        ofToday: () => readsOn(queue.database, dayOf(Date.now())),
      },
    );
    let platforms: readonly Platform[] = [];
    let isStarting = true;
    let isOnDuty = false;
    let names: readonly string[] = [];
    const { database } = queue;
    const readiness = readinessOf({ database, pictures, folder, paints: role !== 'listen' });
    const problems = async () => [
      ...(await readiness.lacks()),
      ...(isStarting ? ['the bot is starting'] : []),
      ...(isOnDuty ? platforms : []).flatMap((platform) => platform.trouble() ?? []),
    ];
    metrics.watch({ problems, freeBytes: () => freeBytes(folder) });
    const operations = operationsApp({
      metrics: metrics.registry,
      problems,
      isPaused: readiness.isPaused,
    });
    const front = await openFront({
      config,
      queue,
      pictures,
      sizes,
      operations,
      role,
      names: () => names,
      log,
    });
    closing.push(front.close);
    const { accounts, sandbox, counter } = front;
    const limits = sandbox === undefined ? rateLimits : NO_LIMITS;
    platforms = accounts.map((account) =>
      connected(account, { ...config, rateLimits: limits }, queue, log),
    );
    names = await signInAll(platforms);
    isStarting = false;
    log.info({ role, accounts: names, folder, version }, 'ready');
    const pool = role === 'listen' ? undefined : await openPool(config, log);
    if (pool) closing.push(() => pool.close());
    const report = ({ mention, fraction, sketches }: Progress) => {
      sandbox?.feed.report(mention, fraction);
      counter.feed?.report(mention, fraction, sketches);
    };
    const { news } = queue.database;
    if (news && role !== 'work') hearOf(news, report);
    const tell = news && tellingOf(news);
    const running = runBot(
      {
        listens: role !== 'work',
        platforms,
        counter,
        queue,
        pool,
        pictures,
        folder,
        sizes,
        collection,
        ...config.manners,
        weights: config.queue.weights,
        safety: config.safety,
        maxDownloadBytes: downloads.maxMegabytes * 1e6,
        attempts: render.attempts,
        heartbeatMs: leaseMs / 3,
        keepMs: retention.days * 24 * 60 * 60_000,
        onProgress: ({ id: mention }, fraction, sketches) => {
          report({ mention, fraction, sketches });
          tell?.({ mention, fraction, sketches });
        },
        onDuty: (is) => (isOnDuty = is),
        metrics,
        log,
      },
      signal,
    );
    return { sandbox, accounts: names, done: running.finally(closeAll) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
