import type { Config } from '../config.js';
import { withNamedAsItIs } from '../database.js';
import { leftBehindIn } from '../left-behind.js';
import { isPaused } from '../queue/desk.js';
import { migrations } from '../queue/migrations.js';
import { paintersOf } from '../queue/painters.js';
import type { Database, Sql } from '../queue/sql.js';
import { requireSound } from '../queue/sqlite.js';
import { hasTable } from '../queue/tables.js';
import { queueFileIn, withSqlite } from './open.js';

/** The oldest version that the tests know. */
const OLDEST = 15;

type Where = Pick<Config, 'dataFolder' | 'database'>;

/**
 * Looks at the queue, wherever it lies, changes nothing there, and says in a line how it is.
 * @throws Error that says what is wrong with it
 */
export async function checkQueue({ dataFolder, database: { url } }: Where): Promise<string> {
  if (url !== undefined)
    return withNamedAsItIs(url, async (database) => {
      const line = await checkPostgres(database);
      const leftBehind = await leftBehindIn(dataFolder, database);
      if (leftBehind !== undefined) throw new Error(leftBehind);
      return line;
    });
  const file = queueFileIn(dataFolder);
  if (file === undefined) return 'there is none yet; the bot will make one';
  return withSqlite(file, async (database) => {
    requireSound(database);
    return `the database is sound${await pauseIn(database)}`;
  });
}

/** Does something with the queue's database; undefined if there is none yet, or it is of another version. */
export function withAnyQueue<T>(
  { dataFolder, database: { url } }: Where,
  act: (database: Database | undefined) => Promise<T>,
): Promise<T> {
  if (url !== undefined)
    return withNamedAsItIs(url, async (database) =>
      act((await versionOf(database)) === migrations.length ? database : undefined),
    );
  const file = queueFileIn(dataFolder);
  return file === undefined ? act(undefined) : withSqlite(file, act);
}

async function checkPostgres(database: Database): Promise<string> {
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
  return `PostgreSQL ${version}, ${await tablesIn(database, schema)}`;
}

async function tablesIn(database: Database, schema: string): Promise<string> {
  const version = await versionOf(database);
  if (version === undefined)
    return `no tables in schema "${schema}" yet; the bot makes them when it first starts`;
  const tables = `version ${version} of the tables in schema "${schema}"`;
  if (version > migrations.length)
    throw new Error(`${tables} was made by a newer version of pentimento; please update`);
  const isHeard = await isListening(database);
  const listening = isHeard ? 'a bot listens' : 'no bot listens';
  if (version < migrations.length)
    return `${tables}, of which a bot makes version ${migrations.length} when it starts; ${listening}`;
  const painters = await paintersOf(database, Date.now());
  // Before any of them is started it is no problem.
  if (isHeard && painters === 0)
    throw new Error(
      'a bot listens, and nobody paints: start "pentimento work", or look why those that run do not',
    );
  const painting = painters === 1 ? '1 process paints' : `${painters} processes paint`;
  return `${tables}; ${listening}, ${painting}${await pauseIn(database)}`;
}

/** Of our tables in a database of PostgreSQL; undefined if there are none. */
async function versionOf(sql: Sql): Promise<number | undefined> {
  if (!(await hasTable(sql, 'schema_version'))) return undefined;
  const row = await sql.get<{ readonly version: number }>('SELECT version FROM schema_version');
  return row?.version;
}

/** What there is to say of a pause, after everything else. */
async function pauseIn(sql: Sql): Promise<string> {
  return (await isPaused(sql)) ? `; ${PAUSED}` : '';
}

/** For an operator, who may have forgotten it. */
export const PAUSED = 'painting is paused, and "pentimento queue resume" goes on';

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
