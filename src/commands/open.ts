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
  const file = join(dataFolder, DATABASE_FILE);
  if (!existsSync(file) && !existsSync(`${file}${MOVED}`))
    throw new Error(`there is no queue in ${dataFolder} yet; "pentimento bot" makes one`);
  const database = openSqlite(file);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}
