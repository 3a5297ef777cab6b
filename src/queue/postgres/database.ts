import type { PoolClient } from 'pg';
import type { Database, Duty, Sql, TransactionOptions, Value, Values } from '../sql.js';
import { storable } from '../storable.js';
import { codeOf, isLost, type Connections } from './connections.js';
import { onDuty } from './duty.js';
import type { PostgresNews } from './news.js';

/** Who takes this lock is alone with its transaction: any number, as long as nobody else on the server means something else by it. */
const ALONE = 0x70656e74; // "pent"
/** What PostgreSQL calls it when one of two that wait for each other is sent away: it may simply try again. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/**
 * PostgreSQL as our port. While the server is away whoever asks it waits, and whatever was cut off in the middle is done again
 * if, and only if, it has not been done: a transaction's own number tells, for the server keeps what became of each
 * (https://www.postgresql.org/docs/15/functions-info.html, pg_xact_status).
 */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres';

  constructor(
    readonly connections: Connections,
    readonly news: PostgresNews,
  ) {}

  get isAway(): boolean {
    return this.connections.isAway;
  }

  all<Row>(sql: string, values?: Values): Promise<readonly Row[]> {
    return this.#ask((connection) => connection.all<Row>(sql, values), sql);
  }
  get<Row>(sql: string, values?: Values): Promise<Row | undefined> {
    return this.#ask((connection) => connection.get<Row>(sql, values), sql);
  }
  run(sql: string, values?: Values): Promise<number> {
    return this.transaction((connection) => connection.run(sql, values));
  }

  /** What only reads may be asked again without further thought. */
  async #ask<T>(act: (sql: Sql) => Promise<T>, sql: string): Promise<T> {
    if (!/^\s*SELECT\b/i.test(sql)) return this.transaction(act);
    for (;;) {
      const client = await this.connections.take();
      try {
        const result = await act(asking(client));
        client.release();
        return result;
      } catch (error) {
        client.release(isLost(error));
        if (!isLost(error)) throw error;
      }
    }
  }

  async transaction<T>(
    act: (sql: Sql) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.connections.take();
      let ending: { readonly number: string; readonly result: T } | undefined;
      try {
        const number = await begin(client, options);
        const result = await act(asking(client));
        ending = { number, result };
        await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        if (isLost(error)) {
          client.release(true);
          if (ending !== undefined && (await this.#wasCommitted(ending.number)))
            return ending.result;
        } else {
          // A connection that cannot even roll back is given up.
          const broken = await client.query('ROLLBACK').then(
            () => false,
            () => true,
          );
          client.release(broken);
          if (attempt >= ATTEMPTS || !TRY_AGAIN.has(codeOf(error))) throw error;
        }
      }
    }
  }

  /** What became of a transaction of which we were not told. */
  async #wasCommitted(number: string): Promise<boolean> {
    for (;;) {
      const status = await this.#statusOf(number);
      if (status !== 'in progress') return status === 'committed';
      await this.connections.pause(); // the server has not noticed yet that we are gone
    }
  }

  async #statusOf(number: string): Promise<string | null> {
    try {
      const row = await this.get<{ readonly status: string | null }>(
        'SELECT pg_xact_status(CAST(@number AS xid8)) AS status',
        { number },
      );
      return row?.status ?? null;
    } catch (error) {
      // After a crash the server may not even remember that there was such a number.
      if (codeOf(error) === '22023') return null;
      throw error;
    }
  }

  onDuty<T>(
    duty: Duty,
    signal: AbortSignal,
    act: (signal: AbortSignal) => Promise<T>,
    onStandBy?: () => void,
  ): Promise<T | undefined> {
    return onDuty(this.connections, duty, signal, act, onStandBy);
  }

  async close(): Promise<void> {
    // First nobody waits for the server any more.
    const ended = this.connections.end();
    await this.news.close();
    await ended;
  }
}

/** All in one go to the server and back; gives the transaction's number. */
async function begin(
  client: PoolClient,
  { durable = true, alone = false }: TransactionOptions,
): Promise<string> {
  const statements = [
    'BEGIN',
    ...(durable ? [] : ['SET LOCAL synchronous_commit = off']),
    // Of each schema its own, so that two bots in one database do not wait for each other.
    ...(alone ? [`SELECT pg_advisory_xact_lock(${ALONE}, hashtext(current_schema()))`] : []),
    'SELECT CAST(pg_current_xact_id() AS text) AS number',
  ];
  // Of several statements pg gives several results, whatever its types say.
  const results: unknown = await client.query(statements.join('; '));
  const last = (results as readonly { readonly rows: readonly { readonly number: string }[] }[]).at(
    -1,
  );
  return last?.rows[0]?.number ?? '';
}

function asking(connection: PoolClient): Sql {
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
