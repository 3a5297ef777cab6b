import type { Sql } from './sql.js';

/*
 * Which processes paint for a database that several share: each says so all the while, and of who is silent nobody knows that
 * it still does.
 */

/** So often each says so. */
export const SAY_MS = 5000;
/** Who has been silent for so long paints no more: as long as somebody else may take for a claim to have run out. */
const SILENT_MS = 30_000;
const DAY_MS = 24 * 60 * 60_000;

/** A process paints, now and until it is silent. */
export async function sayPaints(sql: Sql, machine: string, now: number): Promise<void> {
  await sql.run(
    `INSERT INTO painters (machine, said_at) VALUES (@machine, @now)
     ON CONFLICT (machine) DO UPDATE SET said_at = excluded.said_at`,
    { machine, now },
  );
}

/** It paints no more; nor do those that have been silent for a day. */
export async function sayPaintsNoMore(sql: Sql, machine: string, now: number): Promise<void> {
  await sql.run('DELETE FROM painters WHERE machine = @machine OR said_at < @old', {
    machine,
    old: now - DAY_MS,
  });
}

/** How many processes paint, as far as they have said so. */
export async function paintersOf(sql: Sql, now: number): Promise<number> {
  const row = await sql.get<{ readonly n: number }>(
    'SELECT count(*) AS n FROM painters WHERE said_at > @silent',
    { silent: now - SILENT_MS },
  );
  return row?.n ?? 0;
}
