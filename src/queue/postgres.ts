import type { Pool, PoolClient } from 'pg';
import { migrations } from './migrations.js';
import type { Database, Sql, TransactionOptions, Value, Values } from './sql.js';
import { storable } from './storable.js';

/** Who takes this lock is alone with its transaction: any number, as long as nobody else on the server means something else by it. */
const ALONE = 0x70656e74; // "pent"
/** Of a few connections each: work, a transaction, and who listens for news. */
const CONNECTIONS = 8;
/** What PostgreSQL calls it when one of two that wait for each other is sent away: it may simply try again. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #sql: Sql;

  constructor(readonly pool: Pool) {
    this.#sql = asking(pool);
  }

  all<Row>(sql: string, values?: Values): Promise<readonly Row[]> {
    return this.#sql.all<Row>(sql, values);
  }
  get<Row>(sql: string, values?: Values): Promise<Row | undefined> {
    return this.#sql.get<Row>(sql, values);
  }
  run(sql: string, values?: Values): Promise<number> {
    return this.#sql.run(sql, values);
  }

  async transaction<T>(
    act: (sql: Sql) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(act, options);
      } catch (error) {
        if (attempt === ATTEMPTS || !TRY_AGAIN.has(codeOf(error))) throw error;
      }
    }
  }

  async #attempt<T>(
    act: (sql: Sql) => Promise<T>,
    { durable = true, alone = false }: TransactionOptions,
  ): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('BEGIN');
      if (!durable) await client.query('SET LOCAL synchronous_commit = off');
      if (alone) await client.query(`SELECT pg_advisory_xact_lock(${ALONE})`);
      const result = await act(asking(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((broken: Error) => (failure = broken));
      throw error;
    } finally {
      // A connection that cannot even roll back is given up.
      client.release(failure);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

export type { PostgresDatabase };

function asking(connection: Pool | PoolClient): Sql {
  const query = (sql: string, values: Values = {}) => {
    const { text, names } = numbered(sql);
    return connection.query(
      text,
      names.map((name) => asStored(values[name])),
    );
  };
  return {
    engine: 'postgres',
    all: async <Row>(sql: string, values?: Values) => (await query(sql, values)).rows as Row[],
    get: async <Row>(sql: string, values?: Values) =>
      (await query(sql, values)).rows[0] as Row | undefined,
    run: async (sql: string, values?: Values) => (await query(sql, values)).rowCount ?? 0,
  };
}

function asStored(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? storable(value) : value;
}

const known = new Map<string, { readonly text: string; readonly names: readonly string[] }>();

/** PostgreSQL has numbers where we have names: `@name` becomes $1, and wherever it stands again, too. */
function numbered(sql: string) {
  const before = known.get(sql);
  if (before !== undefined) return before;
  const names: string[] = [];
  const text = sql.replace(/@([a-zA-Z]\w*)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  const made = { text, names };
  known.set(sql, made);
  return made;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Connects to a database of PostgreSQL, brings it to the present schema and gives a pool of connections to it.
 * @param url postgres://…
 * @throws Error if the server cannot be reached, or the database was written by a newer version of this program
 */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const { default: pg } = await import('pg');
  const types = {
    getTypeParser: ((oid: number, format?: 'text') =>
      oid === pg.types.builtins.INT8
        ? Number
        : oid === pg.types.builtins.JSON
          ? String
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, types });
  // One that breaks while nobody uses it is none of ours; the next is made when it is needed.
  pool.on('error', () => undefined);
  const database = new PostgresDatabase(pool);
  try {
    await database.transaction(migrate, { alone: true });
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

async function migrate(sql: Sql): Promise<void> {
  await sql.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const found = await sql.get<{ readonly version: number }>('SELECT version FROM schema_version');
  const version = found?.version ?? 0;
  if (version > migrations.length)
    throw new Error('the database was written by a newer version of pentimento; please update');
  for (const { postgres } of migrations.slice(version))
    if (postgres !== '') await sql.run(postgres);
  if (found === undefined)
    await sql.run('INSERT INTO schema_version VALUES (@version)', { version: migrations.length });
  else
    await sql.run('UPDATE schema_version SET version = @version', { version: migrations.length });
}
