import type { Config } from '../config.js';
import type { AccountBook } from './book.js';
import { accountFile } from './file.js';
import { accountTable } from './table.js';

/** Where the settings have the accounts be kept: where the queue is. */
export function accountBookOf({
  dataFolder,
  database,
}: Pick<Config, 'dataFolder' | 'database'>): AccountBook {
  return database.url === undefined ? accountFile(dataFolder) : accountTable(database.url);
}
