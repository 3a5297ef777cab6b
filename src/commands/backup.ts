import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { UsageError } from './errors.js';
import { withFile } from './open.js';
import { loadConfig } from '../config.js';
import { backUp } from '../queue/sqlite.js';
import { reasonOf } from '../reason.js';

/**
 * `pentimento backup FILE`: a copy of the queue's database, consistent also while the bot runs. Pictures are not in it:
 * what was painted but not posted yet is painted again after a restore.
 */
export async function backupCommand(file: string): Promise<void> {
  process.umask(0o077); // as private as the queue itself
  if (file === '') throw new UsageError('name a file to save the queue in');
  if (existsSync(file)) throw new UsageError(`${file} is there already; name a new file`);
  const { dataFolder, database } = loadConfig();
  if (database.url !== undefined)
    throw new UsageError('the queue is in PostgreSQL (DATABASE_URL); save it with pg_dump');
  await withFile(dataFolder, async (database) => {
    try {
      await backUp(database, file);
    } catch (error) {
      await rm(file, { force: true }); // half a backup would look like one
      throw new Error(`the queue cannot be saved in ${file}: ${reasonOf(error)}`, { cause: error });
    }
  });
  console.log(`The queue is saved in ${file}.`);
}
