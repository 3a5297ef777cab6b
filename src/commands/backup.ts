import { existsSync } from 'node:fs';
import { UsageError } from './errors.js';
import { withDatabase } from './open.js';

/**
 * `pentimento backup FILE`: a copy of the queue's database, consistent also while the bot runs. Pictures are not in it:
 * what was painted but not posted yet is painted again after a restore.
 */
export async function backupCommand(file: string): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} is there already; name a new file`);
  await withDatabase((database) => database.backup(file));
  console.log(`The queue is saved in ${file}.`);
}
