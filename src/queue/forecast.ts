import type { Database } from 'better-sqlite3';

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

/** Learns from a finished picture: an exponentially weighted mean for each device, kept across restarts. */
export function learnPace(database: Database, { device, costPerSecond }: Pace, now: number): void {
  if (!Number.isFinite(costPerSecond) || costPerSecond <= 0) return;
  database
    .prepare(
      `INSERT INTO paces (device, cost_per_second, measured_at) VALUES (@device, @costPerSecond, @now)
       ON CONFLICT DO UPDATE
       SET cost_per_second = cost_per_second + @fresh * (excluded.cost_per_second - cost_per_second),
           measured_at = excluded.measured_at`,
    )
    .run({ device, costPerSecond, fresh: FRESH, now });
}

/** What has been learned so far; first of the device that has painted last, which is the one that will paint next. */
export function pacesOf(database: Database): readonly Pace[] {
  return database
    .prepare<[], Pace>(
      'SELECT device, cost_per_second AS costPerSecond FROM paces ORDER BY measured_at DESC',
    )
    .all();
}

/**
 * Where a request stands; undefined if it does not wait to be painted. Takes longer the more come before it.
 * @param now what has been put off is not painted before that time
 */
export function placeOf(database: Database, id: number, now: number): Place | undefined {
  const own = database
    .prepare<
      [number],
      { readonly start: number; readonly cost: number; readonly notBefore: number }
    >(
      `SELECT start_tag AS start, cost, not_before AS notBefore FROM requests
       WHERE id = ? AND state IN ('queued', 'rendering')`,
    )
    .get(id);
  if (own === undefined) return undefined;
  const before = database
    .prepare<[number, number], { readonly ahead: number; readonly cost: number }>(
      `SELECT count(*) AS ahead, total(cost) AS cost FROM requests
       WHERE state IN ('queued', 'rendering') AND (start_tag, id) < (?, ?)`,
    )
    .get(own.start, id) ?? { ahead: 0, cost: 0 };
  const pace = pacesOf(database)[0]?.costPerSecond ?? FIRST_GUESS;
  const seconds = before.cost / pace;
  const putOff = (own.notBefore - now) / 1000;
  return { ahead: before.ahead, seconds: Math.max(seconds, putOff) + own.cost / pace };
}

/** In how many seconds something would be painted that is asked for now, if everything that waits came first. */
export function waitFor(database: Database, cost: number): number {
  const before = database
    .prepare<[], number>(`SELECT total(cost) FROM requests WHERE state IN ('queued', 'rendering')`)
    .pluck()
    .get();
  const pace = pacesOf(database)[0]?.costPerSecond ?? FIRST_GUESS;
  return ((before ?? 0) + cost) / pace;
}
