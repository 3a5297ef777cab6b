import { withNamed, withNamedAsItIs } from '../database.js';
import type { PostgresDatabase } from '../queue/postgres/database.js';
import { DutyLost, type Sql } from '../queue/sql.js';
import { hasTable } from '../queue/tables.js';
import {
  CHANGE_MS,
  noAccounts,
  parsedAccounts,
  type AccountBook,
  type StoredAccounts,
} from './book.js';

/**
 * Keeps accounts in PostgreSQL. It is asked rarely, so each time with connections of its own, which end with it.
 * @param url postgres://…
 */
export function accountTable(url: string): AccountBook {
  return {
    read: () => withNamedAsItIs(url, async (database) => asAccounts(await textAsItIs(database))),
    change: (change) =>
      withNamed(url, (database) =>
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

/** While `act` runs, nobody else is here: a duty and not a transaction, for X may take a minute to answer. */
async function alone(
  database: PostgresDatabase,
  act: () => Promise<StoredAccounts>,
): Promise<StoredAccounts> {
  let result: StoredAccounts | undefined;
  try {
    await database.onDuty('accounts', AbortSignal.timeout(CHANGE_MS), async () => {
      result = await act();
    });
  } catch (error) {
    // What has been kept is kept: nobody had changed it before, whether they could or not.
    if (!(error instanceof DutyLost) || result === undefined) throw error;
  }
  if (result === undefined) throw new Error('somebody else is changing the accounts');
  return result;
}

/** What stands there; undefined if nothing does. */
async function textIn(sql: Sql): Promise<string | undefined> {
  return (await sql.get<{ readonly stored: string }>('SELECT stored FROM accounts'))?.stored;
}

/** Who only reads makes no table. */
async function textAsItIs(sql: Sql): Promise<string | undefined> {
  return (await hasTable(sql, 'accounts')) ? textIn(sql) : undefined;
}

function asAccounts(text: string | undefined): StoredAccounts {
  const accounts = text === undefined ? noAccounts : parsedAccounts(text);
  if (accounts === undefined)
    throw new Error(
      'the accounts in the database are not as "pentimento login" writes them; empty the table accounts and sign in again',
    );
  return accounts;
}

/** Puts one text in the place of another, but not over what somebody else has put there after the duty was lost. */
async function keep(sql: Sql, before: string | undefined, after: string): Promise<void> {
  if (!(await put(sql, before, after)))
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
