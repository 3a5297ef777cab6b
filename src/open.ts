import { access, constants, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { vaultOf } from './accounts/book.js';
import { accountBookOf } from './accounts/open.js';
import type { Config } from './config.js';
import { openNamed } from './database.js';
import { leftBehindIn } from './left-behind.js';
import type { Log } from './log.js';
import { mastodonPlatform } from './platforms/mastodon/platform.js';
import type { MastodonOptions } from './platforms/mastodon/session.js';
import { isFailure, PlatformError, type Platform } from './platforms/port.js';
import { xPlatform } from './platforms/x/platform.js';
import type { XOptions } from './platforms/x/session.js';
import { DATABASE_FILE, openSqlite, requireSound } from './queue/sqlite.js';
import { FolderTaken, LOCK_FILE, lockFolder, type Unlock } from './queue/lock.js';
import { Queue } from './queue/queue.js';
import type { Database } from './queue/sql.js';
import { reasonOf } from './reason.js';
import { serve, type RunningServer, type ServeOptions } from './web/server.js';

/*
 * Opens what a bot needs; whatever cannot be opened is explained to the operator, with the setting to look at.
 */

export interface OpenQueue {
  readonly queue: Queue;
  /** Closes it and lets another bot have the data folder. */
  readonly close: () => Promise<void>;
}

/**
 * @param until so long one waits for a database that is away
 * @throws Error if the data folder or the database cannot be used, or another bot uses the folder
 */
export async function openQueue(
  config: Config,
  leaseMs: number,
  log: Log,
  until: AbortSignal,
): Promise<OpenQueue> {
  const { dataFolder: folder, queue: settings } = config;
  const unlock = await lockedFolder(config);
  try {
    // Several on one machine have folders of their own.
    const machine = config.database.url === undefined ? '' : `${hostname()}:${folder}`;
    const quotas = {
      waiting: settings.maxWaiting,
      waitingPerPerson: settings.maxWaitingPerPerson,
      perPersonAndDay: settings.maxPerPersonAndDay,
    };
    const queue = new Queue(await openDatabase(config, log, until), { leaseMs, quotas, machine });
    const close = async () => {
      await queue.close();
      unlock();
    };
    return { queue, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function lockedFolder({
  dataFolder: folder,
  database,
}: Pick<Config, 'dataFolder' | 'database'>): Promise<Unlock> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK); // SQLite would open what it can only read, and complain later and in riddles
    return lockFolder(join(folder, LOCK_FILE));
  } catch (error) {
    const reason =
      error instanceof FolderTaken && database.url !== undefined
        ? 'another process works there; give this one a folder of its own with PENTIMENTO_DATA'
        : reasonOf(error);
    throw explained(`the data folder ${folder} cannot be used`, reason, error);
  }
}

async function openDatabase(
  { dataFolder, database: { url } }: Pick<Config, 'dataFolder' | 'database'>,
  log: Log,
  until: AbortSignal,
): Promise<Database> {
  if (url === undefined)
    try {
      const database = openSqlite(join(dataFolder, DATABASE_FILE));
      requireSound(database);
      return database;
    } catch (error) {
      throw explained(`the data folder ${dataFolder} cannot be used`, reasonOf(error), error);
    }
  const database = await openNamed(url, {
    weather: (isBack, error) =>
      isBack
        ? log.info('the database is back')
        : log.error({ error }, 'the database cannot be reached; waiting for it'),
    until,
  });
  const leftBehind = await leftBehindIn(dataFolder, database);
  if (leftBehind !== undefined) log.warn(leftBehind);
  return database;
}

/** The accounts that the bot is to have: that of the settings, and those of `pentimento login`. */
export async function accountsOf(
  config: Pick<Config, 'mastodon' | 'dataFolder' | 'database'>,
): Promise<readonly Account[]> {
  const { mastodon: configured } = config;
  const book = accountBookOf(config);
  const { mastodon, x } = await book.read();
  return [
    ...(configured
      ? [
          {
            on: 'mastodon',
            ...configured,
            name: `mastodon:${new URL(configured.url).host}`,
          } as const,
        ]
      : []),
    ...mastodon.map(({ url, accessToken, address }) => {
      return { on: 'mastodon', url, accessToken, name: `mastodon:${address}` } as const;
    }),
    ...x.map((account) => {
      const { userId, address } = account;
      return {
        on: 'x',
        userId,
        vault: vaultOf(book, account),
        name: `x:${address}`,
      } as const;
    }),
  ];
}

export type Account =
  | ({ readonly on: 'mastodon' } & Pick<MastodonOptions, 'name' | 'url' | 'accessToken'>)
  | ({ readonly on: 'x' } & Pick<XOptions, 'name' | 'userId' | 'vault'>);

/** @param memory where the account remembers how far it has read, and on X what it has paid for */
export function connected(
  account: Account,
  { rateLimits, x, manners }: Pick<Config, 'rateLimits' | 'x' | 'manners'>,
  memory: Pick<Queue, 'cursor' | 'ledger'>,
  log: Log,
): Platform {
  const { name } = account;
  const its = log.child({ platform: name });
  if (account.on === 'mastodon')
    return mastodonPlatform({ ...account, cursor: memory.cursor(name), rateLimits, log: its });
  const { othersPictures } = manners;
  const { url, dailyReads } = x;
  const ledger = memory.ledger(name);
  return xPlatform({ ...account, url, dailyReads, othersPictures, ledger, log: its });
}

/**
 * Signs in everywhere, and gives each account's name, for the operator. A server that is away is no reason not to start.
 * @throws Error if no server will have us, or two accounts are one
 */
export async function signInAll(platforms: readonly Platform[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(platforms.map(signIn));
  const refusals = results.flatMap((result) => {
    const error: unknown = result.status === 'rejected' ? result.reason : undefined;
    return isFailure(error, 'fatal') ? [error] : [];
  });
  // One of several is left to the listener, which tells and gives it up.
  if (refusals[0] !== undefined && refusals.length === platforms.length) throw refusals[0];
  const names = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const twice = names.find((name, i) => name !== undefined && names.indexOf(name) < i);
  if (twice !== undefined)
    throw new Error(
      `${twice} is signed in twice, by MASTODON_ACCESS_TOKEN and by "pentimento login"; remove one of them`,
    );
  return names.map(
    (name, i) => name ?? `${platforms[i]?.name ?? ''} (as soon as it can be reached)`,
  );
}

/** @throws PlatformError that says what the operator can do */
export async function signIn(platform: Platform): Promise<string> {
  try {
    return await platform.signIn();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const message = `cannot sign in at ${platform.name.replace('mastodon:', '')}: ${adviceFor(platform, error)}`;
    throw new PlatformError(error.kind, message, error.retryAt, { cause: error });
  }
}

function adviceFor({ name }: Platform, { kind, message }: PlatformError): string {
  if (name.startsWith('x:'))
    return kind === 'fatal'
      ? `X does not let it in (${message}); look at the application in X's Developer Console, or sign in again with "pentimento login x"`
      : `X does not answer as it should (${message})`;
  return kind === 'fatal'
    ? 'it does not accept the access token; sign in again with "pentimento login", or check MASTODON_ACCESS_TOKEN'
    : `is it the address of a Mastodon server, and is that reachable? (${message})`;
}

/** @throws Error if nothing can listen at the configured address */
export async function openServer(
  { web: { host, port, address, cors } }: Pick<Config, 'web'>,
  app: Hono,
  more: Pick<ServeOptions, 'api' | 'sandbox'> = {},
): Promise<RunningServer> {
  try {
    return await serve({ host, port, address, cors, app, ...more });
  } catch (error) {
    const reason = reasonOf(error).includes('EADDRINUSE')
      ? 'something else listens there already; choose another port with PENTIMENTO_PORT'
      : reasonOf(error);
    throw explained(`cannot listen at ${host}:${port}`, reason, error);
  }
}

function explained(what: string, why: string, cause: unknown): Error {
  return new Error(`${what}: ${why}`, { cause });
}
