import type { Sql } from './sql.js';

/** How much of the old pace a new measurement replaces: after ten pictures nine tenths of what was is forgotten. */
const FRESH = 0.2;

/** Until a first picture has been painted: 2 CPU cores paint 512×394, a cost of 19.4 million, in 39 s. */
const FIRST_GUESS = 500_000;

/** Where a request stands: estimates, since whoever comes later and has asked for less may go first. */
export interface Place {
  /** How many requests come before it, those that are being painted included. */
  readonly ahead: number;
  /** Until it is painted. */
  readonly seconds: number;
}

/** How much work a device gets done. */
export interface Pace {
  readonly device: string;
  readonly costPerSecond: number;
}

/** And which machine does it: "" where there is one. */
export interface PaceOfMachine extends Pace {
  readonly machine: string;
}

/** Machines that have painted nothing for so long before another one did are switched off, as far as one can tell. */
const HOUR_MS = 60 * 60_000;
/** And are not remembered for longer than this. */
const MONTH_MS = 30 * 24 * HOUR_MS;

/** Learns from a finished picture: an exponentially weighted mean for each device of a machine, kept across restarts. */
export async function learnPace(
  sql: Sql,
  machine: string,
  { device, costPerSecond }: Pace,
  now: number,
): Promise<void> {
  if (!Number.isFinite(costPerSecond) || costPerSecond <= 0) return;
  await sql.run(
    `INSERT INTO paces (machine, device, cost_per_second, measured_at) VALUES (@machine, @device, @costPerSecond, @now)
     ON CONFLICT (machine, device) DO UPDATE
     SET cost_per_second = paces.cost_per_second + @fresh * (excluded.cost_per_second - paces.cost_per_second),
         measured_at = excluded.measured_at`,
    { machine, device, costPerSecond, fresh: FRESH, now },
  );
  await sql.run('DELETE FROM paces WHERE measured_at < @old', { old: now - MONTH_MS });
}

/**
 * What has been learned so far, of each machine's device that has painted last, which is the one that will paint next; the
 * quickest first.
 */
export function pacesOf(sql: Sql): Promise<readonly PaceOfMachine[]> {
  return sql.all<PaceOfMachine>(
    `SELECT machine, device, cost_per_second AS "costPerSecond" FROM paces AS one
     WHERE measured_at = (SELECT max(measured_at) FROM paces WHERE machine = one.machine)
       AND measured_at >= (SELECT max(measured_at) FROM paces) - ${HOUR_MS}
     ORDER BY cost_per_second DESC`,
  );
}

/** Of all machines together. */
async function paceOf(sql: Sql): Promise<number> {
  const paces = await pacesOf(sql);
  if (paces.length === 0) return FIRST_GUESS;
  return paces.reduce((sum, { costPerSecond }) => sum + costPerSecond, 0);
}

/**
 * Where a request stands; undefined if it does not wait to be painted. Takes longer the more come before it.
 * @param now what has been put off is not painted before that time
 */
export async function placeOf(sql: Sql, id: number, now: number): Promise<Place | undefined> {
  const own = await sql.get<{
    readonly start: number;
    readonly cost: number;
    readonly notBefore: number;
  }>(
    `SELECT start_tag AS start, cost, not_before AS "notBefore" FROM requests
     WHERE id = @id AND state IN ('queued', 'rendering')`,
    { id },
  );
  if (own === undefined) return undefined;
  const before = (await sql.get<{ readonly ahead: number; readonly cost: number }>(
    `SELECT count(*) AS ahead, coalesce(sum(cost), 0) AS cost FROM requests
     WHERE state IN ('queued', 'rendering') AND (start_tag, id) < (@start, @id)`,
    { start: own.start, id },
  )) ?? { ahead: 0, cost: 0 };
  const pace = await paceOf(sql);
  const seconds = before.cost / pace;
  const putOff = (own.notBefore - now) / 1000;
  return { ahead: before.ahead, seconds: Math.max(seconds, putOff) + own.cost / pace };
}

/** In how many seconds something would be painted that is asked for now, if everything that waits came first. */
export async function waitFor(sql: Sql, cost: number): Promise<number> {
  const before = await sql.get<{ readonly cost: number }>(
    `SELECT coalesce(sum(cost), 0) AS cost FROM requests WHERE state IN ('queued', 'rendering')`,
  );
  return ((before?.cost ?? 0) + cost) / (await paceOf(sql));
}
