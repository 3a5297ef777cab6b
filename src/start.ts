import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runBot } from './bot.js';
import type { Config } from './config.js';
import type { Log } from './log.js';
import { connectMastodon } from './platforms/mastodon/platform.js';
import { openDatabase } from './queue/database.js';
import { Queue } from './queue/queue.js';
import { RenderPool } from './render/pool.js';
import { createSandbox } from './sandbox/sandbox.js';
import { webApp } from './web/app.js';
import { QueueFeed } from './web/feed.js';
import { houseCollection } from './web/house-collection.js';
import { isLoopback } from './web/loopback.js';
import { serve } from './web/server.js';
import type { StatusFeed } from './web/status.js';

/** The bot's name in its own sandbox. */
export const BOT = 'pentimento';

export interface RunningBot {
  /** Where the sandbox's page is; undefined if the bot has a real account instead. */
  readonly sandboxUrl: string | undefined;
  readonly feed: StatusFeed;
  /** Settles when the bot has stopped: after the signal, or because it cannot go on. */
  readonly done: Promise<void>;
}

/** Opens everything that a bot needs, wires it together and lets it run until the signal aborts. */
export async function startBot(config: Config, log: Log, signal: AbortSignal): Promise<RunningBot> {
  const { dataFolder: folder, render, downloads } = config;
  const leaseMs = Math.round(config.queue.leaseSeconds * 1000);
  const queue = await openQueue(folder, leaseMs);
  const pool = new RenderPool({
    workers: render.workers,
    silenceMs: render.silenceSeconds * 1000,
    jobMs: render.timeoutMinutes * 60_000,
    log,
  });
  const feed = new QueueFeed(queue);
  const account = config.mastodon
    ? { ...config.mastodon, name: `mastodon:${new URL(config.mastodon.url).host}` }
    : await openSandbox(config, feed, log);
  const platform = await connectMastodon({ ...account, cursor: queue.cursor(account.name), log });

  const run = async () => {
    try {
      await runBot(
        {
          platforms: [platform],
          queue,
          pool,
          folder,
          size: render.size,
          safety: config.safety,
          maxDownloadBytes: downloads.maxMegabytes * 1e6,
          renderAttempts: render.attempts,
          heartbeatMs: leaseMs / 3,
          onProgress: ({ id }, fraction) => feed.report(id, fraction),
          log,
        },
        signal,
      );
    } finally {
      pool.close();
      if ('close' in account) await account.close();
      queue.close();
    }
  };
  return { sandboxUrl: 'close' in account ? account.url : undefined, feed, done: run() };
}

async function openQueue(folder: string, leaseMs: number): Promise<Queue> {
  try {
    await mkdir(folder, { recursive: true });
    return new Queue(openDatabase(join(folder, 'pentimento.sqlite3')), leaseMs);
  } catch (error) {
    throw new Error(`the data folder ${folder} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** With no account configured, the bot brings its own network: a sandbox with a page, and an account there. */
async function openSandbox(config: Config, feed: StatusFeed, log: Log) {
  let url = '';
  const sandbox = createSandbox({
    directory: join(config.dataFolder, 'sandbox'),
    url: () => url,
    report: (error) => log.error({ error }, 'the sandbox'),
  });
  const page = webApp({ bot: BOT, status: feed, samples: houseCollection() });
  const server = await serve({ sandbox, app: page, ...config.web }).catch((error: unknown) => {
    const { host, port } = config.web;
    const reason = reasonOf(error).includes('EADDRINUSE')
      ? 'something else listens there already; choose another port with PENTIMENTO_PORT'
      : reasonOf(error);
    throw new Error(`cannot serve the sandbox at ${host}:${port}: ${reason}`, { cause: error });
  });
  if (!isLoopback(config.web.host))
    log.warn(
      { host: config.web.host },
      'whoever reaches this address can use the sandbox, under any name',
    );
  url = server.url;
  const { accessToken } = sandbox.signIn(BOT, { bot: true, displayName: 'Pentimento' });
  return {
    name: 'sandbox',
    url,
    accessToken,
    close: async () => {
      await server.close();
      sandbox.close();
    },
  };
}
