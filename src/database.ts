import { hideFromLogs, withoutSecrets } from './log.js';
import type { Patience } from './queue/postgres/connections.js';
import type { PostgresDatabase } from './queue/postgres/database.js';
import { openPostgres } from './queue/postgres/open.js';

/**
 * Opens the database that DATABASE_URL names; from then on no log tells its password.
 * @param patience with a server that goes away
 * @throws Error that says so if it cannot be used
 */
export async function openNamed(url: string, patience?: Patience): Promise<PostgresDatabase> {
  try {
    hideFromLogs(decodeURIComponent(new URL(url).password));
    return await openPostgres(url, patience);
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
  patience?: Patience,
): Promise<T> {
  const database = await openNamed(url, patience);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

/** A host with several addresses fails with several errors, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
