import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNT_FILE, accountFile, lockAccounts } from '../accounts/file.js';
import { fillAccounts } from '../accounts/table.js';
import { loadConfig, type Config } from '../config.js';
import { withNamed } from '../database.js';
import { copyPictures } from '../pictures/copying.js';
import { filesStore } from '../pictures/files.js';
import { openPictures } from '../pictures/open.js';
import { FolderTaken, LOCK_FILE, lockFolder, type Unlock } from '../queue/lock.js';
import { isPaused } from '../queue/desk.js';
import { HoldsAnother, isFilled, move, type Moved } from '../queue/moving.js';
import type { PostgresDatabase } from '../queue/postgres/database.js';
import type { Sql } from '../queue/sql.js';
import { DATABASE_FILE, MOVED, openSqlite, requireSound } from '../queue/sqlite.js';
import { UsageError } from './errors.js';
import { isListening, PAUSED } from './doctor-queue.js';
import { showProgress } from './progress.js';

/**
 * `pentimento migrate-to-postgres`: moves the queue, and the accounts, from the data folder to the database that DATABASE_URL
 * names. The files stay under other names, so that no bot goes on with them by accident.
 */
export async function migrateCommand(signal: AbortSignal): Promise<void> {
  const config = loadConfig();
  const { dataFolder: folder, database } = config;
  const { url } = database;
  if (url === undefined)
    throw new UsageError(
      'set DATABASE_URL to the PostgreSQL database to move to, as in postgres://user:password@host/database',
    );
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) {
    if (!existsSync(`${file}${MOVED}`))
      throw new Error(`there is no queue in ${folder}, so there is nothing to move`);
    await requireFilled(url, file);
    console.log('The queue has been moved already; there is nothing to do.');
    return;
  }
  const unlock = lockQueue(folder);
  try {
    const unlockAccounts = await lockAccounts(folder);
    try {
      const { rows, mended, wasDone, pictures, paused } = await moveFolder(config, url, signal);
      await putAside(folder);
      if (wasDone) console.log('All of it had been moved before.');
      else
        console.log(
          `The queue and the accounts are moved: ${rows} rows, each compared with what it was.`,
        );
      if (mended > 0)
        console.log(
          `In ${mended} of them characters that PostgreSQL cannot keep (NUL, or half a character) are now U+FFFD.`,
        );
      console.log(`From now on the bot works with PostgreSQL, as long as DATABASE_URL is set. The old queue is used no more, and lies in
${file}${MOVED}; when all is well, delete it.${pictures === undefined ? '' : ` ${pictures} pictures were copied, too; those in ${folder} are used no more.`}`);
      if (paused) console.log(`There, too, ${PAUSED}.`);
    } finally {
      unlockAccounts();
    }
  } finally {
    unlock();
  }
}

function lockQueue(folder: string): Unlock {
  try {
    return lockFolder(join(folder, LOCK_FILE));
  } catch (error) {
    if (!(error instanceof FolderTaken)) throw error;
    throw new Error(`a bot is running with ${folder}; stop it first`, { cause: error });
  }
}

interface AllMoved extends Moved {
  /** How many were copied; undefined if they are files as before. */
  readonly pictures: number | undefined;
  readonly paused: boolean;
}

async function moveFolder(config: Config, url: string, signal: AbortSignal): Promise<AllMoved> {
  const folder = config.dataFolder;
  const accounts = await accountFile(folder).read();
  const also = async (to: Sql) => {
    if (accounts.mastodon.length + accounts.x.length === 0) return;
    if (!(await fillAccounts(to, accounts))) throw new HoldsAnother();
  };
  const from = openSqlite(join(folder, DATABASE_FILE));
  try {
    requireSound(from);
    const act = async (to: PostgresDatabase) => {
      if (await isListening(to))
        throw new Error(
          'a bot is running with the database that DATABASE_URL names; stop it first',
        );
      const progress = showProgress('moving');
      try {
        const moved = await move(from, to, { also, onProgress: progress.update, signal });
        const pictures = await movePictures(config, to, signal);
        return { ...moved, pictures, paused: await isPaused(to) };
      } finally {
        progress.stop();
      }
    };
    return await withNamed(url, act, {
      weather: (isBack) =>
        console.error(isBack ? 'the database is back' : 'the database is away; waiting for it'),
    });
  } finally {
    await from.close();
  }
}

/** After the queue, which knows of them: who is killed in between goes on where this was. */
async function movePictures(
  { pictures, dataFolder: folder }: Config,
  database: PostgresDatabase,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (pictures.store === 'files') return undefined;
  const to = await openPictures({ ...pictures, folder, database });
  const scratch = await mkdtemp(join(folder, 'moving-'));
  try {
    return await copyPictures(filesStore(folder), to, scratch, signal);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The queue last: as long as it is there, who was killed in between can go on by moving again. */
async function putAside(folder: string): Promise<void> {
  const accounts = join(folder, ACCOUNT_FILE);
  if (existsSync(accounts)) await rename(accounts, `${accounts}${MOVED}`);
  const file = join(folder, DATABASE_FILE);
  await rename(file, `${file}${MOVED}`);
  // It is there only if somebody else looked into the queue just now, and belongs to it.
  if (existsSync(`${file}-wal`)) await rename(`${file}-wal`, `${file}${MOVED}-wal`);
}

async function requireFilled(url: string, file: string): Promise<void> {
  if (await withNamed(url, isFilled)) return;
  throw new Error(
    `the queue has been moved, but not to the database that DATABASE_URL names; to move it there, too, rename ${file}${MOVED} to ${DATABASE_FILE}`,
  );
}
