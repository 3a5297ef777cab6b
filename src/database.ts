import { hideFromLogs, withoutSecrets } from './log.js';
import type { Weather } from './queue/postgres/connections.js';
import type { PostgresDatabase } from './queue/postgres/database.js';
import { openPostgres } from './queue/postgres/open.js';
import { reasonOf } from './reason.js';

/**
 * Opens the database that DATABASE_URL names; from then on no log tells its password.
 * @param weather hears of it when the server goes away and comes back
 * @throws Error that says so if it cannot be used
 */
export async function openNamed(url: string, weather?: Weather): Promise<PostgresDatabase> {
  try {
    hideFromLogs(decodeURIComponent(new URL(url).password));
    return await openPostgres(url, weather);
  } catch (error) {
    throw new Error(
      `the database (DATABASE_URL) cannot be used: ${withoutSecrets(reasonOf(error))}`,
      { cause: error },
    );
  }
}

/** Does something with that database, and closes it. */
export async function withNamed<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
  weather?: Weather,
): Promise<T> {
  const database = await openNamed(url, weather);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}
