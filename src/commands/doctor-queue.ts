import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { withNamed } from '../database.js';
import { migrations } from '../queue/migrations.js';
import type { PostgresDatabase } from '../queue/postgres/database.js';
import type { Database } from '../queue/sql.js';
import { DATABASE_FILE, requireSound } from '../queue/sqlite.js';
import { queueFileIn, withSqlite } from './open.js';

/** The oldest version that the tests know. */
const OLDEST = 15;

/**
 * Looks at the queue, wherever it lies, and says in a line how it is.
 * @throws Error that says what is wrong with it
 */
export async function checkQueue({
  dataFolder,
  database: { url },
}: Pick<Config, 'dataFolder' | 'database'>): Promise<string> {
  if (url !== undefined) return withNamed(url, checkPostgres);
  const file = queueFileIn(dataFolder);
  if (file === undefined) return 'there is none yet; the bot will make one';
  return withSqlite(file, (database) => {
    requireSound(database);
    return Promise.resolve('the database is sound');
  });
}

/** Does something with the queue's database; with an empty one if there is none yet. */
export function withAnyQueue<T>(
  { dataFolder, database: { url } }: Pick<Config, 'dataFolder' | 'database'>,
  act: (database: Database) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return withNamed(url, act);
  const file = join(dataFolder, DATABASE_FILE);
  return withSqlite(existsSync(file) ? file : ':memory:', act);
}

async function checkPostgres(database: PostgresDatabase): Promise<string> {
  const row = await database.get<{
    readonly version: string;
    readonly number: number;
    readonly schema: string;
  }>(
    `SELECT current_setting('server_version') AS version, current_schema() AS schema,
            CAST(current_setting('server_version_num') AS INTEGER) AS number`,
  );
  if (row === undefined) throw new Error('the server says nothing of itself');
  const { version, number, schema } = row;
  if (number < OLDEST * 10_000)
    throw new Error(`PostgreSQL ${version} is too old; it takes ${OLDEST} or newer`);
  const listening = (await isListening(database)) ? 'a bot listens' : 'no bot listens';
  return `PostgreSQL ${version}, version ${migrations.length} of the tables in schema "${schema}"; ${listening}`;
}

/** Whether a bot listens on this database, on whatever machine. */
export async function isListening(database: Database): Promise<boolean> {
  const standBy = new AbortController();
  await database.onDuty(
    'listening',
    standBy.signal,
    () => Promise.resolve(),
    () => standBy.abort(),
  );
  return standBy.signal.aborted;
}
