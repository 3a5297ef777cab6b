import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { Queue, type QueueOptions } from '../../src/queue/queue.js';
import type { Database } from '../../src/queue/sql.js';
import { openSqlite } from '../../src/queue/sqlite.js';
import { temporaryFolder } from './folder.js';
import { rounds } from './rounds.js';

export const LEASE_MS = 1000;

/** Quotas that nothing here reaches. */
export const options = {
  leaseMs: LEASE_MS,
  quotas: { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 },
} satisfies QueueOptions;

/** A clock that only moves when it is told to. */
export class Clock {
  time = 1_000_000;
  readonly now = () => this.time;
}

/**
 * A place for a new database: a file, or, where a run has a cluster of PostgreSQL, a schema there. So all tests of the queue hold
 * for both engines; see vitest.config.ts.
 */
export function newPlace(): string {
  const server = inject('postgres');
  if (server === undefined) return join(temporaryFolder(), 'queue.sqlite3');
  const url = new URL(server);
  url.searchParams.set('options', `-c search_path=test_${randomUUID().replaceAll('-', '')}`);
  return url.href;
}

/**
 * The rounds of a property of the queue. PostgreSQL takes ten times as long for a round as SQLite, so
 * it gets a third of them.
 */
export function queueRounds(short: number, long: number): number {
  return rounds(inject('postgres') === undefined ? short : Math.ceil(short / 3), long);
}

/** Opens the database at a place, and makes it if there is none. */
export function openAt(place: string): Database {
  if (place.startsWith('postgres:')) return opening(place);
  const database = openSqlite(place);
  // What is proven here does not depend on a power cut, and waiting for the disk takes most of the time.
  database.connection.pragma('synchronous = OFF');
  return database;
}

/** It takes a moment to be connected, which whoever asks first waits for. */
function opening(url: string): Database {
  const opened = makeSchema(url).then(() => openPostgres(url));
  opened.catch(() => undefined); // whoever asks hears of it
  return {
    engine: 'postgres',
    all: async (sql, values) => (await opened).all(sql, values),
    get: async (sql, values) => (await opened).get(sql, values),
    run: async (sql, values) => (await opened).run(sql, values),
    transaction: async (act, options) => (await opened).transaction(act, options),
    onDuty: async (duty, ...more) => (await opened).onDuty(duty, ...more),
    close: async () => (await opened).close(),
  };
}

async function makeSchema(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ search_path: string }>('SHOW search_path');
    // Of two that make it at once, one is told that it is there.
    await client
      .query(`CREATE SCHEMA IF NOT EXISTS ${rows[0]?.search_path ?? ''}`)
      .catch(() => undefined);
  } finally {
    await client.end();
  }
}

/** A queue over a real database, closed when the current test has finished. */
export function queueAt(place: string, now?: () => number, quotas = options.quotas): Queue {
  const database = openAt(place);
  onTestFinished(() => database.close());
  return new Queue(database, { ...options, quotas }, now);
}

/** Claims that must be there. */
export function claimed<T>(claim: T | undefined): T {
  if (claim === undefined) throw new Error('there was nothing to claim');
  return claim;
}
