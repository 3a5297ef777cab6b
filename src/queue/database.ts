import Database from 'better-sqlite3';
import { migrations } from './migrations.js';

/** Its name in the data folder. */
export const DATABASE_FILE = 'pentimento.sqlite3';

/**
 * Opens the queue's database, brings it to the present schema and gives a connection to it.
 * @throws Error if it is none, or was written by a newer version of this program.
 */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    // FULL: a mention that we told the network we have seen must survive a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // Immediate: of two processes that open an old file at the same time, the second one waits and finds it migrated.
    database.transaction(() => migrate(database, file)).immediate();
  } catch (error) {
    database.close();
    const code = error instanceof Database.SqliteError ? error.code : '';
    throw /^SQLITE_(NOTADB|CORRUPT)/.test(code) ? damaged(file, error) : error;
  }
  return database;
}

/**
 * Commits what may be lost in a power cut, without waiting for the disk. Write-ahead logging keeps the order of commits,
 * so the next one that waits makes this one durable, too; and the file stays consistent whatever happens.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function undurably<T>(database: Database.Database, commit: () => T): T {
  const before = Number(database.pragma('synchronous', { simple: true }));
  database.pragma('synchronous = NORMAL');
  try {
    return commit();
  } finally {
    database.pragma(`synchronous = ${before}`);
  }
}

/**
 * Reads all of the database, which takes the longer the larger it is.
 * @throws Error if it is damaged
 */
export function requireSound(database: Database.Database): void {
  const [verdict] = database.pragma('quick_check(1)') as readonly { quick_check: string }[];
  if (verdict?.quick_check !== 'ok') throw damaged(database.name, verdict?.quick_check);
}

function damaged(file: string, cause: unknown): Error {
  const advice = `stop the bot and bring back a backup (see "pentimento backup"), or move the file away to begin anew`;
  return new Error(`${file} is damaged; ${advice}`, { cause });
}

function migrate(database: Database.Database, file: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length)
    throw new Error(`${file} was written by a newer version of pentimento; please update`);
  for (const [number, sql] of [...migrations.entries()].slice(version)) {
    database.exec(sql);
    database.pragma(`user_version = ${number + 1}`);
  }
}
