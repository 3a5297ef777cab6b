import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgres, type PostgresDatabase } from '../queue/postgres.js';
import type { Sql } from '../queue/sql.js';
import {
  CHANGE_MS,
  noAccounts,
  parsedAccounts,
  type AccountBook,
  type StoredAccounts,
} from './book.js';

/** Who has this lock of PostgreSQL's changes the accounts; as arbitrary as the queue's, and another one. */
const LOCK = 0x61636373; // "accs"

/** What PostgreSQL calls it when a lock cannot be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** How long what has been changed is tried to be kept, in milliseconds: a token that X has renewed is lost otherwise. */
const KEEP_MS = 60_000;

/**
 * Keeps accounts in PostgreSQL. It is asked rarely, so each time with connections of its own, which end with it.
 * @param url postgres://…
 */
export function accountTable(url: string): AccountBook {
  return {
    read: () => withPostgres(url, async (database) => asAccounts(await textIn(database))),
    change: (change) =>
      withPostgres(url, (database) =>
        alone(database, async () => {
          const before = await textIn(database);
          const accounts = asAccounts(before);
          const changed = await change(accounts);
          if (changed !== accounts) await keep(database, before, JSON.stringify(changed));
          return changed;
        }),
      ),
  };
}

/**
 * Writes accounts where there are none yet, as part of a transaction.
 * @returns whether there were none, or the same
 */
export async function fillAccounts(to: Sql, accounts: StoredAccounts): Promise<boolean> {
  const after = JSON.stringify(accounts);
  return (await put(to, undefined, after)) || (await textIn(to)) === after;
}

async function withPostgres<T>(
  url: string,
  act: (database: PostgresDatabase) => Promise<T>,
): Promise<T> {
  const database = await openPostgres(url);
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

/**
 * While `act` runs, nobody else is here. The lock is of a connection, not of a transaction, which would keep the database from
 * tidying up for as long as X takes to answer; and it ends with the connection, however the process or the machine dies.
 */
async function alone<T>(database: PostgresDatabase, act: () => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  client.on('error', () => undefined); // it is noticed where it matters: nothing is kept over somebody else's change
  try {
    await client.query(`SET lock_timeout = ${CHANGE_MS}`);
    try {
      await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    } catch (error) {
      const isTaken =
        error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
      throw isTaken ? new Error('somebody else is changing the accounts', { cause: error }) : error;
    }
    const result = await act();
    await client.query(`SELECT pg_advisory_unlock(${LOCK})`).catch(() => undefined);
    return result;
  } finally {
    client.release(true);
  }
}

/** What stands there; undefined if nothing does. */
async function textIn(sql: Sql): Promise<string | undefined> {
  return (await sql.get<{ readonly stored: string }>('SELECT stored FROM accounts'))?.stored;
}

function asAccounts(text: string | undefined): StoredAccounts {
  const accounts = text === undefined ? noAccounts : parsedAccounts(text);
  if (accounts === undefined)
    throw new Error(
      'the accounts in the database are not as "pentimento login" writes them; empty the table accounts and sign in again',
    );
  return accounts;
}

/**
 * Puts one text in the place of another, through a breakdown of the server, too; but not over what somebody else has put there
 * after the lock was lost.
 */
async function keep(sql: Sql, before: string | undefined, after: string): Promise<void> {
  const deadline = performance.now() + KEEP_MS;
  for (;;)
    try {
      // The second is so if it was kept, and only the answer was lost.
      if ((await put(sql, before, after)) || (await textIn(sql)) === after) return;
      break;
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error('the accounts cannot be written to the database', { cause: error });
      await sleep(500);
    }
  throw new Error('somebody else has changed the accounts; try again');
}

/** @returns whether it has been put there */
async function put(sql: Sql, before: string | undefined, after: string): Promise<boolean> {
  const written =
    before === undefined
      ? await sql.run('INSERT INTO accounts VALUES (1, @after) ON CONFLICT DO NOTHING', { after })
      : await sql.run('UPDATE accounts SET stored = @after WHERE stored::text = @before', {
          before,
          after,
        });
  return written === 1;
}
