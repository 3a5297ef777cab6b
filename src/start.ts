import { join } from 'node:path';
import { Hono } from 'hono';
import { runBot } from './bot.js';
import { housePaintings } from './collection.js';
import type { Config } from './config.js';
import { openCounter, type Counter } from './counter.js';
import { mayUseCuda } from './graph/devices.js';
import { nvidiaGpus } from './graph/gpus.js';
import type { Log } from './log.js';
import { Metrics } from './metrics.js';
import { chosenNetwork } from './networks/shelf.js';
import { openPictures } from './pictures/open.js';
import { accountsOf, connected, openQueue, openServer, signInAll, type Account } from './open.js';
import type { RateLimits } from './platforms/mastodon/budget.js';
import type { Platform } from './platforms/port.js';
import { dayOf } from './platforms/x/reads.js';
import { isPaused, tallies } from './queue/desk.js';
import { freeBytes, hasRoom } from './queue/disk.js';
import { readsOn } from './queue/ledger.js';
import { largestSizeIn } from './render/fits.js';
import { RenderPool } from './render/pool.js';
import { parameters, type Sizes } from './requests/parameters.js';
import { createSandbox } from './sandbox/sandbox.js';
import { QueueFeed } from './web/feed.js';
import { isLoopback } from './web/loopback.js';
import { operationsApp } from './web/operations.js';
import { version } from './version.js';
import type { StatusFeed } from './web/status.js';

/** The bot's name in its own sandbox. */
export const BOT = 'pentimento';

/** How the queue knows the account there. */
const SANDBOX = 'sandbox';

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

/** The sizes that people may have: what the operator allows, as far as it fits into a worker's memory. */
function sizesOf({ size, maxSize, maxMegabytes }: Config['render']): Sizes {
  const fitting = Math.max(parameters.size.min, largestSizeIn(maxMegabytes * 1e6));
  return { usual: Math.min(size, fitting), max: Math.min(Math.max(size, maxSize), fitting) };
}

/** Opens everything that a bot needs, wires it together and lets it run until the signal aborts. */
export async function startBot(config: Config, log: Log, signal: AbortSignal): Promise<RunningBot> {
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
    const { queue, close } = await openQueue(config, leaseMs);
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
    let names: readonly string[] = [];
    const problems = async () => [
      ...((await hasRoom(folder)) ? [] : ['the disk is nearly full']),
      ...(platforms.length === 0 ? ['the bot is starting'] : []),
      ...platforms.flatMap((platform) => platform.trouble() ?? []),
    ];
    metrics.watch({ problems, freeBytes: () => freeBytes(folder) });
    const operations = operationsApp({ metrics: metrics.registry, problems });
    const { accounts, sandbox, counter } = await openAccounts();
    const limits = sandbox === undefined ? rateLimits : NO_LIMITS;
    platforms = accounts.map((account) =>
      connected(account, { ...config, rateLimits: limits }, queue, log),
    );
    names = await signInAll(platforms);
    log.info({ accounts: names, folder, version }, 'the bot listens');
    const gpus = mayUseCuda(render.device) ? await nvidiaGpus() : [];
    const pool = new RenderPool({
      workers: render.workers === 'auto' ? Math.max(1, gpus.length) : render.workers,
      gpus,
      studio: { network: render.network, device: render.device, models: models.folder },
      silenceMs: render.silenceSeconds * 1000,
      jobMs: render.timeoutMinutes * 60_000,
      memoryBytes: render.maxMegabytes * 1e6,
      log,
    });
    closing.push(() => pool.close());
    const running = runBot(
      {
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
        onProgress: ({ id }, fraction, sketches) => {
          sandbox?.feed.report(id, fraction);
          counter.feed.report(id, fraction, sketches);
        },
        metrics,
        log,
      },
      signal,
    );
    return { sandbox, accounts: names, done: running.finally(closeAll) };

    /** With no account, the bot brings its own network: a sandbox with a page, and an account there. */
    async function openAccounts() {
      const accounts = accountsOf(config);
      const common = { config, queue, pictures, sizes, accounts: () => names, log };
      if (accounts.length > 0) {
        const counter = openCounter(common);
        const server = await openServer(config, appOf(counter), { api: counter.api });
        closing.push(() => server.close());
        log.info({ url: server.url }, 'health and metrics are served');
        return { accounts, counter, sandbox: undefined };
      }
      const address = { url: '' };
      const sandbox = createSandbox({
        directory: join(folder, 'sandbox'),
        url: () => address.url,
        report: (error) => log.error({ error }, 'the sandbox'),
      });
      closing.push(() => sandbox.close());
      const feed = new QueueFeed(queue, SANDBOX);
      const counter = openCounter({ ...common, sandbox: { bot: BOT, status: feed } });
      const web = await openServer(config, appOf(counter), { api: counter.api, sandbox });
      closing.push(() => web.close());
      if (!isLoopback(config.web.host))
        log.warn(
          { host: config.web.host },
          'whoever reaches this address can use the sandbox, under any name',
        );
      address.url = web.url;
      const { accessToken } = sandbox.signIn(BOT, { bot: true, displayName: 'Pentimento' });
      const { url } = web;
      const account: Account = { on: 'mastodon', name: SANDBOX, url, accessToken };
      return { accounts: [account], counter, sandbox: { url, feed } };
    }

    /** Health and metrics come first: the page may not answer what a proxy passes on, and they do. */
    function appOf({ page }: Counter): Hono {
      const app = new Hono();
      app.route('/', operations);
      if (page) app.route('/', page);
      return app;
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
}
