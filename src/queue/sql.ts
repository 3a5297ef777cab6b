/*
 * A database, whichever engine it is of. There are two: SQLite, in a file beside the bot, and PostgreSQL. Both are spoken to in
 * the SQL that they have in common; the little that they have not is asked for by `engine`, where it is needed.
 */

export type Value = string | number | Buffer | null;
/** Of a statement, by the names that stand in it as @name. */
export type Values = Readonly<Record<string, Value>>;

/** What one asks a database. Rows have the columns' names as they are written; names with capitals are written in quotes. */
export interface Sql {
  readonly engine: Engine;
  all<Row>(sql: string, values?: Values): Promise<readonly Row[]>;
  /** The first row, if there is one. */
  get<Row>(sql: string, values?: Values): Promise<Row | undefined>;
  /** Gives how many rows it has written or removed. */
  run(sql: string, values?: Values): Promise<number>;
}

export type Engine = 'sqlite' | 'postgres';

export interface TransactionOptions {
  /** Whether it must outlast a power cut. */
  readonly durable?: boolean;
  /** Whether what it reads must still be so when it writes: of two such transactions one waits for the other. */
  readonly alone?: boolean;
}

export interface Database extends Sql {
  /** All of it happens, or, if it throws, nothing. What it asks, it asks through the `sql` that it is given. */
  transaction<T>(act: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

/** Several values where a statement takes a list; an empty list is one, too. */
export function listOf(name: string, list: readonly Value[]): { sql: string; values: Values } {
  const entries = list.map((value, i) => [`${name}${i}`, value] as const);
  return {
    sql: entries.length === 0 ? 'NULL' : entries.map(([each]) => `@${each}`).join(', '),
    values: Object.fromEntries(entries),
  };
}
