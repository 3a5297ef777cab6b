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

/** What is heard when something may have been told that was not heard. */
export const MISSED = 'missed';

/**
 * What the processes on one database tell each other. It is a hint and never the truth: who does not hear it looks by
 * itself a moment later.
 */
export interface News {
  /** To all the others, and perhaps to oneself. */
  tell(news: string): void;
  hear(listener: (news: string) => void): void;
}

/** What one process at a time does, of all on a database. */
export type Duty = 'listening' | 'accounts';

/** The database could not be reached for as long as one was to wait for it. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** Whoever had a duty cannot know any more whether it still has. */
export class DutyLost extends Error {
  override readonly name = 'DutyLost';
}

export interface Database extends Sql {
  /** None if nobody else is to be expected there. */
  readonly news?: News;
  /** Whether it could not be reached when it was last asked; who asks, waits. */
  readonly isAway?: boolean;
  /** All of it happens, or, if it throws, nothing. What it asks, it asks through the `sql` that it is given. */
  transaction<T>(act: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Does what only one process at a time may do, as soon as no other one does it; undefined if the signal comes first.
   * @param onStandBy told if another one has the duty
   * @throws DutyLost if the connection is lost meanwhile, of which `act` hears by its signal
   */
  onDuty<T>(
    duty: Duty,
    signal: AbortSignal,
    act: (signal: AbortSignal) => Promise<T>,
    onStandBy?: () => void,
  ): Promise<T | undefined>;
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
