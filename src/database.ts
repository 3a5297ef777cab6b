import { hideFromLogs, withoutSecrets } from './log.js';
import { Connections, type Weather } from './queue/postgres/connections.js';
import { PostgresDatabase } from './queue/postgres/database.js';
import { PostgresNews } from './queue/postgres/news.js';
import { openPostgres } from './queue/postgres/open.js';
import { reasonOf } from './reason.js';

/**
 * Opens the database that DATABASE_URL names; from then on no log tells its password.
 * @param weather hears of it when the server goes away and comes back
 * @throws Error that says so if it cannot be used
 */
export function openNamed(url: string, weather?: Weather): Promise<PostgresDatabase> {
  return named(url, () => openPostgres(url, weather));
}

/** Does something with that database, and closes it. */
export async function withNamed<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
  weather?: Weather,
): Promise<T> {
  return closing(await openNamed(url, weather), act);
}

/** Likewise, with the database as it is: it may have no table yet, or those of another version. */
export async function withNamedAsItIs<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  const open = async () => {
    const connections = await Connections.open(url, () => undefined);
    return new PostgresDatabase(connections, new PostgresNews(connections));
  };
  return closing(await named(url, open), act);
}

async function named<T>(url: string, open: () => Promise<T>): Promise<T> {
  try {
    hideFromLogs(decodeURIComponent(new URL(url).password));
    hideFromLogs(process.env.PGPASSWORD ?? ''); // of an address without one
    return await open();
  } catch (error) {
    throw new Error(
      `the database (DATABASE_URL) cannot be used: ${withoutSecrets(reasonOf(error))}`,
      { cause: error },
    );
  }
}

async function closing<T>(
  database: PostgresDatabase,
  act: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}
