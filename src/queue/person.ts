import type { Database } from 'better-sqlite3';
import type { RequestId } from './desk.js';

/** Somebody who asks, on an account of ours. */
export interface Person {
  readonly platform: string;
  readonly person: string;
}

/** A request that waits to be painted or is being painted. */
export interface Waiting {
  readonly id: RequestId;
  readonly state: 'queued' | 'rendering';
}

/** What of a person's waits, in the order in which it will be done; all of it, or the first few. */
export function waitingOf(
  database: Database,
  { platform, person }: Person,
  limit = -1, // SQLite's "all"
): readonly Waiting[] {
  return database
    .prepare<[string, string, number], Waiting>(
      `SELECT id, state FROM requests WHERE platform = ? AND person = ? AND state IN ('queued', 'rendering')
       ORDER BY start_tag, id LIMIT ?`,
    )
    .all(platform, person, limit);
}
