import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { migrate } from './migrations.js';

/** Opens (or makes) the sandbox's database in a directory, at the newest schema version. */
export function openDatabase(directory: string): Database {
  mkdirSync(directory, { recursive: true });
  const database = new BetterSqlite3(join(directory, 'sandbox.sqlite3'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  migrate(database);
  return database;
}
