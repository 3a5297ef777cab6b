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
 * Writes the first requests into an empty queue as `Queue.admit` would, one after the other, but many at once: a million take a
 * minute at most. As long as nothing has been dispatched, a request starts when its person's one before has finished, from 0 on.
 */
export async function fillLine(
  database: Database,
  waiting: number,
  now: number,
  people = PEOPLE,
): Promise<void> {
  // In blocks in which everybody asks once.
  for (let from = 0; from < waiting; from += people)
    await fillBlock(database, { from, to: Math.min(waiting, from + people), people, now });
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly people: number;
  readonly now: number;
}

function fillBlock(database: Database, { from, to, people, now }: Block): Promise<void> {
  const isSqlite = database.engine === 'sqlite';
  const numbers = isSqlite
    ? `WITH RECURSIVE numbers (n) AS (SELECT CAST(@from AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @to)`
    : `WITH numbers AS (SELECT n FROM generate_series(CAST(@from AS BIGINT), CAST(@to AS BIGINT) - 1) AS n)`;
  const json = isSqlite ? '' : '::json';
  const person = `'person ' || CAST((n * 7) % ${people} AS TEXT)`;
  return database.transaction(async (sql) => {
    // PostgreSQL keeps every version of a row that a transaction makes, and a tally would have thousands.
    if (!isSqlite) await sql.run('ALTER TABLE requests DISABLE TRIGGER tally_admitted');
    await sql.run(
      `INSERT INTO people (platform, person, weight, finish_tag)
       ${numbers} SELECT 'here', ${person}, 1, 1 + n % 13 FROM numbers WHERE true
       ON CONFLICT (platform, person) DO UPDATE SET finish_tag = people.finish_tag + excluded.finish_tag`,
      { from, to },
    );
    await sql.run(
      `INSERT INTO requests (platform, mention_id, person, mention, request, state, start_tag, finish_tag,
                             cost, created_at, changed_at)
       ${numbers},
       asked AS (SELECT n, CAST(n AS TEXT) AS id, ${person} AS who, 1 + n % 13 AS cost FROM numbers)
       SELECT 'here', id, who, replace(replace(@mention, '<id>', id), '<person>', who)${json}, @request${json},
              'queued', finish_tag - cost, finish_tag, cost, @now, @now
       FROM asked JOIN people ON platform = 'here' AND person = who ORDER BY n`,
      {
        from,
        to,
        now,
        mention: JSON.stringify(mentionOf('<id>', '<person>')),
        request: JSON.stringify(request),
      },
    );
    if (isSqlite) return;
    await sql.run('ALTER TABLE requests ENABLE TRIGGER tally_admitted');
    await sql.run(`UPDATE tallies SET n = n + @more WHERE state = 'queued' AND slot = 0`, {
      more: to - from,
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
