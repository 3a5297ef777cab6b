import type { RequestId } from './desk.js';
import type { Sql } from './sql.js';

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
  sql: Sql,
  { platform, person }: Person,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<readonly Waiting[]> {
  return sql.all<Waiting>(
    `SELECT id, state FROM requests
     WHERE platform = @platform AND person = @person AND state IN ('queued', 'rendering')
     ORDER BY start_tag, id LIMIT @limit`,
    { platform, person, limit },
  );
}
