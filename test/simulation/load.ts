import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from '../../src/queue/queue.js';
import { openSqlite } from '../../src/queue/sqlite.js';
import type { Database, Duty, Sql, TransactionOptions, Values } from '../../src/queue/sql.js';
import { mentionOf, painted, request } from '../support/fixtures.js';

/** What a database is asked. */
export interface Load {
  /** As PostgreSQL gets them: with BEGIN, COMMIT, what a transaction sets, and what it leaves of its end. */
  readonly statements: number;
  readonly transactions: number;
  /** Those that wait for the disk. */
  readonly durable: number;
  /** Those of which there is one at a time, however many connections there are. */
  readonly alone: number;
}

/** The way of a request through the queue, and what of it keeps the others waiting. */
export interface RequestLoad {
  readonly each: Readonly<Record<string, Load>>;
  readonly all: Load;
}

/**
 * What a picture asks of the database from its mention to its answer, counted on the real queue. Without what listeners
 * write beside it and what the page reads.
 */
export async function loadOfRequest(): Promise<RequestLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-load-'));
  const counter = new Counter(openSqlite(join(folder, 'queue.sqlite3')));
  try {
    const quotas = { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 };
    const queue = new Queue(counter, { leaseMs: 60_000, quotas });
    const each: Record<string, Load> = {};
    const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
      const before = counter.load;
      const result = await act();
      each[name] = sumOf(counter.load, before, -1);
      return result;
    };
    const outcome = { request, cost: 1 };
    await step('taken in', () => queue.admit('here', mentionOf('1'), outcome));
    const claim = required(await step('claimed', () => queue.claimRender()));
    const pace = { device: 'cpu', costPerSecond: 1 };
    await step('painted', () => queue.rendered(claim, painted, pace));
    const reply = required(await step('answer claimed', () => queue.claimReply()));
    await step('still ours', () => queue.extend(reply));
    await step('answered', () => queue.answered(reply, '2'));
    const all = Object.values(each).reduce((sum, load) => sumOf(sum, load));
    return { each, all };
  } finally {
    await counter.close();
    rmSync(folder, { recursive: true });
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there was nothing to claim');
  return value;
}

function sumOf(one: Load, other: Load, factor = 1): Load {
  return {
    statements: one.statements + factor * other.statements,
    transactions: one.transactions + factor * other.transactions,
    durable: one.durable + factor * other.durable,
    alone: one.alone + factor * other.alone,
  };
}

const NOTHING: Load = { statements: 0, transactions: 0, durable: 0, alone: 0 };

/** BEGIN, the mark of how it ended, the last one's removal, COMMIT: see src/queue/postgres/endings.ts. */
const FRAME = 4;

/** A database that counts what it is asked. */
class Counter implements Database {
  readonly engine = 'sqlite';
  load = NOTHING;

  constructor(private readonly inner: Database) {}

  all<Row>(sql: string, values?: Values): Promise<readonly Row[]> {
    this.#single();
    return this.inner.all<Row>(sql, values);
  }
  get<Row>(sql: string, values?: Values): Promise<Row | undefined> {
    this.#single();
    return this.inner.get<Row>(sql, values);
  }
  run(sql: string, values?: Values): Promise<number> {
    this.#single();
    return this.inner.run(sql, values);
  }

  transaction<T>(act: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { durable = true, alone = false } = options;
    this.#count({
      statements: FRAME + Number(!durable) + Number(alone),
      transactions: 1,
      durable: Number(durable),
      alone: Number(alone),
    });
    const count = () => this.#count({ ...NOTHING, statements: 1 });
    return this.inner.transaction((sql) => act(counting(sql, count)), options);
  }

  onDuty<T>(
    duty: Duty,
    signal: AbortSignal,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    return this.inner.onDuty(duty, signal, act);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** One that writes is a transaction of its own; the queue's way has no others. */
  #single(): void {
    this.#count({ statements: FRAME + 1, transactions: 1, durable: 1, alone: 0 });
  }

  #count(more: Load): void {
    this.load = sumOf(this.load, more);
  }
}

function counting(sql: Sql, count: () => void): Sql {
  return {
    engine: sql.engine,
    all: <Row>(text: string, values?: Values) => (count(), sql.all<Row>(text, values)),
    get: <Row>(text: string, values?: Values) => (count(), sql.get<Row>(text, values)),
    run: (text, values) => (count(), sql.run(text, values)),
  };
}
