import { hideFromLogs, withoutSecrets } from './log.js';
import type { Patience } from './queue/postgres/connections.js';
import type { PostgresDatabase } from './queue/postgres/database.js';
import { connectPostgres, openPostgres } from './queue/postgres/open.js';
import { reasonOf } from './reason.js';

/**
 * Opens the database that DATABASE_URL names; from then on no log tells its password.
 * @param patience with a server that goes away
 * @throws Error that says so if it cannot be used
 */
export function openNamed(url: string, patience?: Patience): Promise<PostgresDatabase> {
  return named(url, () => openPostgres(url, patience));
}

/** Does something with that database, and closes it. */
export async function withNamed<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
  patience?: Patience,
): Promise<T> {
  return closing(await openNamed(url, patience), act);
}

/** Likewise, with the database as it is: it may have no table yet, or those of another version. */
export async function withNamedAsItIs<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  return closing(await named(url, () => connectPostgres(url)), act);
}

async function named<T>(url: string, open: () => Promise<T>): Promise<T> {
  try {
    hideFromLogs(decodeURIComponent(new URL(url).password));
    hideFromLogs(process.env.PGPASSWORD ?? ''); // of an address without one
    return await open();
  } catch (error) {
    throw new Error(`the database (DATABASE_URL) cannot be used: ${wordsFor(error)}`, {
      cause: error,
    });
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof URIError)
    return 'in its password a % is written as %25, as everything in an address that means something else there';
  const reason = reasonOf(error);
  // pg's words for that there is none.
  return reason.includes('client password must be a')
    ? 'the server wants a password: put it into DATABASE_URL, or into PGPASSWORD'
    : withoutSecrets(reason);
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
