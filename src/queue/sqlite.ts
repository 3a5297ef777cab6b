import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { migrations } from './migrations.js';
import type { Database, Duty, Sql, TransactionOptions, Values } from './sql.js';

/** Its name in the data folder. */
export const DATABASE_FILE = 'pentimento.sqlite3';
/** What its name ends in after `pentimento migrate-to-postgres`. */
export const MOVED = '.moved';

/** SQLite answers at once; only whoever asks in the middle of somebody else's transaction has to wait for its end. */
class SqliteDatabase implements Database {
  readonly engine = 'sqlite';
  readonly #statements = new Map<string, BetterSqlite.Statement<[Values]>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly connection: BetterSqlite.Database) {}

  all<Row>(sql: string, values?: Values): Promise<readonly Row[]> {
    return this.#inTurn(() => this.#direct.all<Row>(sql, values));
  }
  get<Row>(sql: string, values?: Values): Promise<Row | undefined> {
    return this.#inTurn(() => this.#direct.get<Row>(sql, values));
  }
  run(sql: string, values?: Values): Promise<number> {
    return this.#inTurn(() => this.#direct.run(sql, values));
  }

  transaction<T>(
    act: (sql: Sql) => Promise<T>,
    { durable = true }: TransactionOptions = {},
  ): Promise<T> {
    return this.#inTurn(async () => {
      // Write-ahead logging keeps the order of commits, so the next one that waits for the disk makes this one durable, too.
      // https://www.sqlite.org/pragma.html#pragma_synchronous
      const synchronous = Number(this.connection.pragma('synchronous', { simple: true }));
      if (!durable && synchronous > NORMAL) this.connection.pragma(`synchronous = ${NORMAL}`);
      try {
        // Immediate: the write lock comes before the first look, or another process might write in between.
        this.connection.exec('BEGIN IMMEDIATE');
        const result = await act(this.#direct);
        this.connection.exec('COMMIT');
        return result;
      } finally {
        if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
        this.connection.pragma(`synchronous = ${synchronous}`);
      }
    });
  }

  /** The lock of the folder keeps all others out. */
  onDuty<T>(
    _: Duty,
    signal: AbortSignal,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    return act(signal);
  }

  async close(): Promise<void> {
    await this.#inTurn(() => Promise.resolve());
    this.connection.close();
  }

  readonly #direct: Sql = {
    engine: 'sqlite',
    all: <Row>(sql: string, values: Values = {}) =>
      attempt(() => this.#prepared(sql).all(values) as readonly Row[]),
    get: <Row>(sql: string, values: Values = {}) =>
      attempt(() => this.#prepared(sql).get(values) as Row | undefined),
    run: (sql: string, values: Values = {}) =>
      attempt(() => this.#prepared(sql).run(values).changes),
  };

  #prepared(sql: string): BetterSqlite.Statement<[Values]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare<[Values]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** PRAGMA synchronous: consistent whatever happens, but a power cut may take the last commits. */
const NORMAL = 1;

/** What it throws is the promise's. */
function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => resolve(act()));
}

/**
 * Opens the queue's database, brings it to the present schema and gives a connection to it.
 * @throws Error if it is none, or was written by a newer version of this program, or has moved to PostgreSQL.
 */
export function openSqlite(file: string): SqliteDatabase {
  // A new one would begin with nothing: whatever is in the old one, or has been answered since, would be answered again.
  if (!existsSync(file) && existsSync(`${file}${MOVED}`))
    throw new Error(
      `the queue has moved to PostgreSQL; set DATABASE_URL, or, to go back to what it was then, rename ${file}${MOVED} to ${basename(file)}`,
    );
  const connection = new BetterSqlite(file);
  try {
    connection.pragma('journal_mode = WAL');
    // FULL: a mention that we told the network we have seen must survive a power cut.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    // Immediate: of two processes that open an old file at the same time, the second one waits and finds it migrated.
    connection.transaction(() => migrate(connection, file)).immediate();
  } catch (error) {
    connection.close();
    const code = error instanceof BetterSqlite.SqliteError ? error.code : '';
    throw /^SQLITE_(NOTADB|CORRUPT)/.test(code) ? damaged(file, error) : error;
  }
  return new SqliteDatabase(connection);
}

/**
 * Reads all of the database, which takes the longer the larger it is.
 * @throws Error if it is damaged
 */
export function requireSound({ connection }: SqliteDatabase): void {
  const [verdict] = connection.pragma('quick_check(1)') as readonly { quick_check: string }[];
  if (verdict?.quick_check !== 'ok') throw damaged(connection.name, verdict?.quick_check);
}

/** Copies all of the database into a file, consistent also while it is written. */
export async function backUp({ connection }: SqliteDatabase, file: string): Promise<void> {
  await connection.backup(file);
}

export type { SqliteDatabase };

function damaged(file: string, cause: unknown): Error {
  const advice = `stop the bot and bring back a backup (see "pentimento backup"), or move the file away to begin anew`;
  return new Error(`${file} is damaged; ${advice}`, { cause });
}

function migrate(connection: BetterSqlite.Database, file: string): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  if (version > migrations.length)
    throw new Error(`${file} was written by a newer version of pentimento; please update`);
  for (const [number, { sqlite }] of [...migrations.entries()].slice(version)) {
    connection.exec(sqlite);
    connection.pragma(`user_version = ${number + 1}`);
  }
}
