import type { Database } from 'better-sqlite3';

/** Makes the next id: a decimal string that sorts after every id made before. */
export type NextId = () => string;

/** Every id has this many digits until the year 2453, so ids sort as text just as they do as numbers. */
const digits = 18;

/**
 * Ids like Mastodon's snowflakes: the time in milliseconds, shifted left by 16 bits. The last one is kept in the
 * database, so that ids go up even if the clock steps back, and over a restart.
 */
export function createIdClock(database: Database, now: () => Date): NextId {
  const advance = database.prepare<[bigint], { id: string }>(
    'UPDATE id_clock SET last = max(last + 1, ?) RETURNING CAST(last AS TEXT) AS id',
  );
  return () => {
    const row = advance.get(BigInt(now().getTime()) << 16n);
    if (row === undefined) throw new Error('The id clock is missing from the database.');
    return row.id;
  };
}

/** Brings a decimal id of any length, as a client may send as a page boundary, to the form in which ours compare. */
export function toBoundary(id: string): string {
  const significant = id.replace(/^0+/, '');
  return significant.length > digits ? '9'.repeat(digits) : significant.padStart(digits, '0');
}
