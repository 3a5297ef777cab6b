import type { ClientBase } from 'pg';
import { unhurried } from '../hurry.js';
import type { Database, Duty, Sql, TransactionOptions, Value, Values } from '../sql.js';
import { storable } from '../storable.js';
import { codeOf, isLost, type Connections } from './connections.js';
import { onDuty } from './duty.js';
import { Endings, newMark, type Mark } from './endings.js';
import type { PostgresNews } from './news.js';

/** Who takes this lock is alone with its transaction: any number, as long as nobody else on the server means something else by it. */
const ALONE = 0x70656e74; // "pent"
/** What PostgreSQL calls it when one of two that wait for each other is sent away, or one waited too long: it may simply try again. */
const TRY_AGAIN = new Set(['40001', '40P01', '57014']);
const ATTEMPTS = 5;
/** A function that changes something is not called from a SELECT, in all of the house. */
const READS = /^\s*SELECT\b/i;
/** Of these the server tells how many rows they have changed. */
const COUNTED = /^\s*(INSERT|UPDATE|DELETE)\b/i;

/**
 * PostgreSQL as our port. While the server is away whoever asks it waits, and whatever was cut off in the middle is done again
 * if, and only if, it has not been done.
 */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #endings = new Endings();

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
    if (!READS.test(sql)) return this.transaction(act);
    for (;;) {
      const client = await this.connections.take();
      try {
        const result = await act(new Asking(client));
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
    for (let attempt = 1; ;) {
      const client = await this.connections.take();
      let ending: { readonly mark: Mark; readonly result: T } | undefined;
      try {
        await begin(client, options);
        const sql = new Asking(client);
        const result = await act(sql);
        if (sql.hasChanged) {
          ending = { mark: newMark(), result };
          await this.#endings.commit(client, ending.mark);
        } else await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        if (isLost(error)) {
          client.release(true);
          if (ending !== undefined && (await this.#wasDone(ending.mark))) return ending.result;
        } else {
          // A connection that cannot even roll back is given up.
          const broken = await client.query('ROLLBACK').then(
            () => false,
            () => true,
          );
          client.release(broken);
          if (attempt++ >= ATTEMPTS || !TRY_AGAIN.has(codeOf(error))) throw error;
        }
      }
    }
  }

  /** What became of a transaction of which we were not told; without knowing that nobody can be given an answer. */
  async #wasDone(mark: Mark): Promise<boolean> {
    for (;;) {
      const client = await unhurried(() => this.connections.take());
      try {
        const wasDone = await this.#endings.wasDone(client, mark);
        client.release();
        return wasDone;
      } catch (error) {
        client.release(true);
        // Perhaps the server has not noticed yet that whoever began it is gone.
        if (!isLost(error) && !TRY_AGAIN.has(codeOf(error))) throw error;
      }
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

  /** Brings the database to the present schema, however long that takes. */
  async migrate(act: (sql: Sql) => Promise<void>): Promise<void> {
    const client = await this.connections.keep(true);
    try {
      await begin(client, { alone: true });
      await act(new Asking(client));
      await client.query('COMMIT');
    } finally {
      await client.end(); // and with it, if it has come to that, the transaction
    }
  }

  async close(): Promise<void> {
    // First nobody waits for the server any more.
    const ended = this.connections.end();
    await this.news.close();
    await ended;
  }
}

/** All in one go to the server and back. */
async function begin(
  client: ClientBase,
  { durable = true, alone = false }: TransactionOptions,
): Promise<void> {
  const statements = [
    'BEGIN',
    ...(durable ? [] : ['SET LOCAL synchronous_commit = off']),
    // Of each schema its own, so that two bots in one database do not wait for each other.
    ...(alone ? [`SELECT pg_advisory_xact_lock(${ALONE}, hashtext(current_schema()))`] : []),
  ];
  await client.query(statements.join('; '));
}

/** One connection as our port. */
class Asking implements Sql {
  readonly engine = 'postgres';
  /** What has changed nothing may be done again without asking what became of it. */
  hasChanged = false;

  constructor(private readonly connection: ClientBase) {}

  async all<Row>(sql: string, values?: Values): Promise<readonly Row[]> {
    return (await this.#query(sql, values)).rows as Row[];
  }
  async get<Row>(sql: string, values?: Values): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0] as Row | undefined;
  }
  async run(sql: string, values?: Values): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  async #query(sql: string, values: Values = {}) {
    const { text, names } = numbered(sql);
    const result = await this.connection.query(
      text,
      names.map((name) => asStored(values[name])),
    );
    const hasChangedNone = READS.test(sql) || (COUNTED.test(sql) && result.rowCount === 0);
    if (!hasChangedNone) this.hasChanged = true;
    return result;
  }
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
