import type { Database } from 'better-sqlite3';
import type { QuotaReached } from '../requests/request.js';
import { placeOf } from './forecast.js';
import { waitingOf, type Person } from './person.js';

/** How much the bot takes on. */
export interface Quotas {
  /** Requests that wait or are being painted, of everybody together. */
  readonly waiting: number;
  /** The same, of one person. */
  readonly waitingPerPerson: number;
  /** Requests of one person within 24 hours. */
  readonly perPersonAndDay: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** The shortest wait worth naming: nobody comes back in eleven seconds. */
const SHORTEST_SECONDS = 60;

/**
 * More answers in words than anybody needs in a day. Two programs that answer each other, and of which one does not say
 * that it is one, would else go on for ever.
 */
const WORDS_PER_DAY = 20;

/** Whether a person has been told so often within a day what they did wrong that it is better to be silent. */
export function hasHeardEnough(
  database: Database,
  { platform, person }: Person,
  now: number,
): boolean {
  const heard = database
    .prepare<[string, string, number, number, number], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM requests
         WHERE platform = ? AND person = ? AND created_at BETWEEN ? AND ? AND cost = 0
           AND (answer ->> 'type' IN ('refused', 'help', 'status', 'cancelled') OR answer ->> 'type' = 'removal' AND reply_id IS NOT NULL)
         LIMIT ?)`,
    )
    .pluck()
    .get(platform, person, now - DAY_MS, now, WORDS_PER_DAY);
  return heard === WORDS_PER_DAY;
}

/** Which quota a person's next request would exceed, if any, and when it is worth coming back. */
export function quotaReached(
  database: Database,
  quotas: Quotas,
  { platform, person }: Person,
  now: number,
): QuotaReached | undefined {
  const reached = (quota: QuotaReached['quota'], limit: number, seconds: number): QuotaReached => ({
    type: 'quota',
    quota,
    limit,
    seconds: Math.max(SHORTEST_SECONDS, Math.ceil(seconds)),
  });
  const secondsUntilPainted = (id: number) => placeOf(database, id, now)?.seconds ?? 0;

  // What was asked for later than now is from before the clock was set back, and does not count.
  // The oldest of the requests that fill their day: when it is a day old, there is room again.
  const oldest = database
    .prepare<[string, string, number, number, number], { readonly createdAt: number }>(
      `SELECT created_at AS createdAt FROM requests
       WHERE platform = ? AND person = ? AND created_at BETWEEN ? AND ? AND cost > 0
       ORDER BY created_at DESC LIMIT 1 OFFSET ?`,
    )
    .get(platform, person, now - DAY_MS + 1, now, quotas.perPersonAndDay - 1);
  if (oldest !== undefined)
    return reached('per day', quotas.perPersonAndDay, (oldest.createdAt + DAY_MS - now) / 1000);

  const theirs = waitingOf(database, { platform, person }, quotas.waitingPerPerson);
  const [first] = theirs;
  if (first !== undefined && theirs.length === quotas.waitingPerPerson)
    return reached('per person', quotas.waitingPerPerson, secondsUntilPainted(first.id));

  // Asked for by itself: as a condition of the query below it would be looked at for every row of the line.
  const full = database
    .prepare<[number], { readonly total: number }>(
      `SELECT sum(n) AS total FROM tallies WHERE state IN ('queued', 'rendering') HAVING total >= ?`,
    )
    .get(quotas.waiting);
  const next =
    full &&
    database
      .prepare<[], { readonly id: number }>(
        `SELECT id FROM requests WHERE state IN ('queued', 'rendering') ORDER BY start_tag, id LIMIT 1`,
      )
      .get();
  return next && reached('of everybody', quotas.waiting, secondsUntilPainted(next.id));
}
