import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../config.js';
import { DATABASE_FILE, openSqlite, type SqliteDatabase } from '../queue/sqlite.js';

/**
 * Does something with the queue's database, which a bot may be using at the same time.
 * @throws Error if there is none yet
 */
export async function withDatabase<T>(
  act: (database: SqliteDatabase) => T | Promise<T>,
): Promise<T> {
  const { dataFolder } = loadConfig();
  const file = join(dataFolder, DATABASE_FILE);
  if (!existsSync(file))
    throw new Error(`there is no queue in ${dataFolder} yet; "pentimento bot" makes one`);
  const database = openSqlite(file);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}
