import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqlite } from '../../src/queue/sqlite.js';
import { Queue, type QueueOptions } from '../../src/queue/queue.js';
import { temporaryFolder } from './folder.js';

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

/** Where a test's database lies. */
export function databaseFile(): string {
  return join(temporaryFolder(), 'queue.sqlite3');
}

/** A queue over a real file, closed when the current test has finished. */
export function queueAt(file: string, now?: () => number, quotas = options.quotas): Queue {
  const database = openSqlite(file);
  // What is proven here does not depend on a power cut, and waiting for the disk takes most of the time.
  database.connection.pragma('synchronous = OFF');
  onTestFinished(() => database.close());
  return new Queue(database, { ...options, quotas }, now);
}

/** Claims that must be there. */
export function claimed<T>(claim: T | undefined): T {
  if (claim === undefined) throw new Error('there was nothing to claim');
  return claim;
}
