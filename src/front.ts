import { join } from 'node:path';
import { Hono } from 'hono';
import type { Config } from './config.js';
import { openCounter, uploadsIn, type Counter } from './counter.js';
import type { Log } from './log.js';
import { accountsOf, openServer, type Account } from './open.js';
import type { PictureStore } from './pictures/store.js';
import type { Platform } from './platforms/port.js';
import { webPlatform } from './platforms/web/platform.js';
import type { Uploads } from './platforms/web/uploads.js';
import type { Queue } from './queue/queue.js';
import type { Sizes } from './requests/parameters.js';
import { createSandbox } from './sandbox/sandbox.js';
import { QueueFeed } from './web/feed.js';
import { isLoopback } from './web/loopback.js';
import type { StatusFeed } from './web/status.js';

/*
 * What is in front: the server with health and metrics, the page and the API, and the sandbox of a bot without an account.
 */

/** What a process does: all of it, or, on a database that several have, its part. */
export type Role = 'bot' | 'listen' | 'work';

/** The bot's name in its own sandbox. */
export const BOT = 'pentimento';

/** How the queue knows the account there. */
const SANDBOX = 'sandbox';

export interface Front {
  readonly accounts: readonly Account[];
  /** Where people come to us; only painters have no page there. */
  readonly counter: { readonly platform: Platform; readonly uploads: Uploads } & Partial<Counter>;
  /** The bot's own network; undefined if it has a real account instead. */
  readonly sandbox: { readonly url: string; readonly feed: StatusFeed & QueueFeed } | undefined;
  readonly close: () => Promise<void>;
}

export interface FrontOptions {
  readonly config: Config;
  readonly queue: Queue;
  /** Where all pictures are. */
  readonly pictures: PictureStore;
  readonly sizes: Sizes;
  /** Health and metrics. */
  readonly operations: Hono;
  readonly role: Role;
  /** Those of the bot, as people write them. */
  readonly names: () => readonly string[];
  readonly log: Log;
}

/** @throws Error if nothing can listen at the configured address */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { config, role, queue, pictures, sizes, names, log } = options;
  const accounts = await accountsOf(config);
  // A sandbox is its own process's, and where several are there would be several.
  if (accounts.length === 0 && role === 'bot' && config.database.url === undefined)
    return openSandbox(options);
  const counter =
    role === 'work'
      ? painters(options)
      : openCounter({ config, queue, pictures, sizes, accounts: names, log });
  await counter.uploads.clear(); // the folder is this process's alone
  const server = await openServer(config, appOf(options, counter.page), { api: counter.api });
  log.info({ url: server.url }, 'health and metrics are served');
  return { accounts, counter, sandbox: undefined, close: () => server.close() };
}

/** They fetch what people have brought. */
function painters({ config, pictures }: FrontOptions): Front['counter'] {
  const uploads = uploadsIn(pictures, config);
  return { platform: webPlatform(uploads), uploads };
}

/** With no account, the bot brings its own network, and an account there. */
async function openSandbox(options: FrontOptions): Promise<Front> {
  const { config, queue, pictures, sizes, names, log } = options;
  const address = { url: '' };
  const sandbox = createSandbox({
    directory: join(config.dataFolder, 'sandbox'),
    url: () => address.url,
    report: (error) => log.error({ error }, 'the sandbox'),
  });
  try {
    const feed = new QueueFeed(queue, SANDBOX);
    const its = { bot: BOT, status: feed };
    const common = { config, queue, pictures, sizes, accounts: names, log };
    const counter = openCounter({ ...common, sandbox: its });
    await counter.uploads.clear();
    const web = await openServer(config, appOf(options, counter.page), {
      api: counter.api,
      sandbox,
    });
    if (!isLoopback(config.web.host))
      log.warn(
        { host: config.web.host },
        'whoever reaches this address can use the sandbox, under any name',
      );
    const { url } = web;
    address.url = url;
    const { accessToken } = sandbox.signIn(BOT, { bot: true, displayName: 'Pentimento' });
    const close = async () => {
      await web.close();
      sandbox.close();
    };
    const account: Account = { on: 'mastodon', name: SANDBOX, url, accessToken };
    return { accounts: [account], counter, sandbox: { url, feed }, close };
  } catch (error) {
    sandbox.close();
    throw error;
  }
}

/** Health and metrics come first: the page may not answer what a proxy passes on, and they do. */
function appOf({ operations }: FrontOptions, page: Hono | undefined): Hono {
  const app = new Hono();
  app.route('/', operations);
  if (page) app.route('/', page);
  return app;
}
