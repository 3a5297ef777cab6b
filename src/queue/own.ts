import { cancel, isPaused, requestOf } from './desk.js';
import { placeOf } from './forecast.js';
import { waitingOf, type Person } from './person.js';
import type { Sql } from './sql.js';
import type { Standing } from './states.js';

/*
 * What people can see of the queue and do to it: their own part.
 */

/** Where a person's pictures are in the line. */
export async function standingOf(sql: Sql, who: Person, now: number): Promise<Standing> {
  const waiting = await waitingOf(sql, who);
  const [first] = waiting;
  return {
    waiting: waiting.length,
    next: first && (await placeOf(sql, first.id, now)),
    isBeingPainted: first?.state === 'rendering',
    isPaused: await isPaused(sql),
  };
}

/**
 * Ends what of a person's has not been painted yet: the request that a post belongs to, or, if none that waits does, all
 * of it. Tells how many that were.
 */
export async function cancelAll(
  sql: Sql,
  who: Person,
  postId: string | undefined,
  now: number,
): Promise<number> {
  const waiting = (await waitingOf(sql, who)).map(({ id }) => id);
  const meant =
    postId === undefined ? undefined : await requestOf(sql, who.platform, who.person, postId);
  const ids = waiting.filter((id) => id === meant);
  let count = 0;
  for (const id of ids.length > 0 ? ids : waiting) if (await cancel(sql, id, now)) count += 1;
  return count;
}
