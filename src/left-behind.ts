import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isFilled } from './queue/moving.js';
import type { Sql } from './queue/sql.js';
import { DATABASE_FILE } from './queue/sqlite.js';

/**
 * What to do about a queue that lies in the data folder, while PostgreSQL, where nothing has ever been moved to, is what is
 * used; undefined if there is none.
 */
export async function leftBehindIn(dataFolder: string, database: Sql): Promise<string | undefined> {
  const file = join(dataFolder, DATABASE_FILE);
  if (!existsSync(file) || (await isFilled(database))) return undefined;
  return `DATABASE_URL is set, and what is in ${file} is not in that database; stop the bot and move it there with "pentimento migrate-to-postgres", or, if nobody needs it, move the file away`;
}
