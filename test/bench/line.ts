import type { Database } from '../../src/queue/sql.js';
import { mentionOf, request } from '../support/fixtures.js';

/** How many ask. */
export const PEOPLE = 10_000;

/** The request of that number, counted from 0. Seven shares no factor with the number of people, so everybody comes up. */
export function requestOf(count: number, people = PEOPLE) {
  return {
    mention: mentionOf(String(count), `person ${(count * 7) % people}`),
    outcome: { request, cost: 1 + (count % 13) },
  };
}

/**
 * Writes the first requests into an empty queue as `Queue.admit` would, one after the other, but all at once: a million take
 * seconds. As long as nothing has been dispatched, a request starts when its person's one before has finished, from 0 on.
 */
export function fillLine(
  database: Database,
  waiting: number,
  now: number,
  people = PEOPLE,
): Promise<void> {
  const isSqlite = database.engine === 'sqlite';
  const numbers = isSqlite
    ? `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @waiting)`
    : `WITH numbers AS (SELECT n FROM generate_series(0, CAST(@waiting AS BIGINT) - 1) AS n)`;
  const json = isSqlite ? '' : '::json';
  const values = {
    waiting,
    now,
    mention: JSON.stringify(mentionOf('<id>', '<person>')),
    request: JSON.stringify(request),
  };
  return database.transaction(async (sql) => {
    // PostgreSQL keeps every version of a row that a transaction makes, and a tally would have a million.
    if (!isSqlite) await sql.run('ALTER TABLE requests DISABLE TRIGGER tally_admitted');
    await sql.run(
      `INSERT INTO people (platform, person, weight, finish_tag)
       ${numbers}
       SELECT 'here', 'person ' || CAST((n * 7) % ${people} AS TEXT), 1, sum(1 + n % 13) FROM numbers
       WHERE n < @waiting GROUP BY (n * 7) % ${people}`,
      { waiting },
    );
    await sql.run(
      `INSERT INTO requests (platform, mention_id, person, mention, request, state, start_tag, finish_tag,
                             cost, created_at, changed_at)
       ${numbers},
       asked AS (SELECT n, CAST(n AS TEXT) AS id, 'person ' || CAST((n * 7) % ${people} AS TEXT) AS person, 1 + n % 13 AS cost FROM numbers),
       tagged AS (SELECT asked.*, sum(cost) OVER (PARTITION BY person ORDER BY n) AS finish FROM asked)
       SELECT 'here', id, person, replace(replace(@mention, '<id>', id), '<person>', person)${json}, @request${json},
              'queued', finish - cost, finish, cost, @now, @now
       FROM tagged ORDER BY n`,
      values,
    );
    if (isSqlite) return;
    await sql.run('ALTER TABLE requests ENABLE TRIGGER tally_admitted');
    await sql.run(`UPDATE tallies SET n = n + @waiting WHERE state = 'queued'`, {
      waiting,
    });
  });
}

/** Puts those off that would be the next ones, as if a server of pictures were away. */
export function putOff(database: Database, count: number, until: number): Promise<number> {
  return database.run(
    `UPDATE requests SET deferred = 1, not_before = @until, attempts = 1
     WHERE id IN (SELECT id FROM requests WHERE state = 'queued' ORDER BY start_tag, id LIMIT @count)`,
    { count, until },
  );
}
