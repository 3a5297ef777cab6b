import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../config.js';
import { withNamed } from '../database.js';
import type { Database } from '../queue/sql.js';
import { DATABASE_FILE, MOVED, openSqlite, type SqliteDatabase } from '../queue/sqlite.js';

/**
 * Does something with the queue's database, which a bot may be using at the same time.
 * @throws Error if there is none yet
 */
export async function withDatabase<T>(act: (database: Database) => Promise<T>): Promise<T> {
  const { dataFolder, database } = loadConfig();
  if (database.url === undefined) return withFile(dataFolder, act);
  return withNamed(database.url, act);
}

/**
 * Likewise, where only a file will do.
 * @throws Error if there is none yet
 */
export async function withFile<T>(
  dataFolder: string,
  act: (database: SqliteDatabase) => Promise<T>,
): Promise<T> {
  const file = queueFileIn(dataFolder);
  if (file === undefined)
    throw new Error(`there is no queue in ${dataFolder} yet; "pentimento bot" makes one`);
  return withSqlite(file, act);
}

/** Where the queue of a data folder is, or was before it moved, of which whoever opens it hears; undefined if there is none yet. */
export function queueFileIn(dataFolder: string): string | undefined {
  const file = join(dataFolder, DATABASE_FILE);
  return existsSync(file) || existsSync(`${file}${MOVED}`) ? file : undefined;
}

/** Does something with a database of SQLite's, and closes it. */
export async function withSqlite<T>(
  file: string,
  act: (database: SqliteDatabase) => Promise<T>,
): Promise<T> {
  const database = openSqlite(file);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}
