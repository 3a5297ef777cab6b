import type { QuotaReached } from '../requests/request.js';
import { placeOf } from './forecast.js';
import { waitingOf, type Person } from './person.js';
import type { Sql } from './sql.js';

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
export async function hasHeardEnough(
  sql: Sql,
  { platform, person }: Person,
  now: number,
): Promise<boolean> {
  const heard = await sql.get<{ readonly n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM requests
       WHERE platform = @platform AND person = @person AND created_at BETWEEN @since AND @now AND cost = 0
         AND (answer ->> 'type' IN ('refused', 'help', 'status', 'cancelled') OR answer ->> 'type' = 'removal' AND reply_id IS NOT NULL)
       LIMIT @words) AS words`,
    { platform, person, since: now - DAY_MS, now, words: WORDS_PER_DAY },
  );
  return heard?.n === WORDS_PER_DAY;
}

/** Which quota a person's next request would exceed, if any, and when it is worth coming back. */
export async function quotaReached(
  sql: Sql,
  quotas: Quotas,
  { platform, person }: Person,
  now: number,
): Promise<QuotaReached | undefined> {
  const reached = (quota: QuotaReached['quota'], limit: number, seconds: number): QuotaReached => ({
    type: 'quota',
    quota,
    limit,
    seconds: Math.max(SHORTEST_SECONDS, Math.ceil(seconds)),
  });
  const secondsUntilPainted = async (id: number) => (await placeOf(sql, id, now))?.seconds ?? 0;

  // What was asked for later than now is from before the clock was set back, and does not count.
  // The oldest of the requests that fill their day: when it is a day old, there is room again.
  const oldest = await sql.get<{ readonly createdAt: number }>(
    `SELECT created_at AS "createdAt" FROM requests
     WHERE platform = @platform AND person = @person AND created_at BETWEEN @since AND @now AND cost > 0
     ORDER BY created_at DESC LIMIT 1 OFFSET @others`,
    { platform, person, since: now - DAY_MS + 1, now, others: quotas.perPersonAndDay - 1 },
  );
  if (oldest !== undefined)
    return reached('per day', quotas.perPersonAndDay, (oldest.createdAt + DAY_MS - now) / 1000);

  const theirs = await waitingOf(sql, { platform, person }, quotas.waitingPerPerson);
  const [first] = theirs;
  if (first !== undefined && theirs.length === quotas.waitingPerPerson)
    return reached('per person', quotas.waitingPerPerson, await secondsUntilPainted(first.id));

  const { n = 0 } =
    (await sql.get<{ readonly n: number }>(
      `SELECT CAST(sum(n) AS BIGINT) AS n FROM tallies WHERE state IN ('queued', 'rendering')`,
    )) ?? {};
  if (n < quotas.waiting) return undefined;
  const next = await sql.get<{ readonly id: number }>(
    `SELECT id FROM requests WHERE state IN ('queued', 'rendering') ORDER BY start_tag, id LIMIT 1`,
  );
  return next && reached('of everybody', quotas.waiting, await secondsUntilPainted(next.id));
}
