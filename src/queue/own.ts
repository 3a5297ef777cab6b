import type { Database } from 'better-sqlite3';
import { cancel, isPaused, requestOf } from './desk.js';
import { placeOf } from './forecast.js';
import { waitingOf, type Person } from './person.js';
import type { Standing } from './states.js';

/*
 * What people can see of the queue and do to it: their own part.
 */

/** Where a person's pictures are in the line. */
export function standingOf(database: Database, who: Person, now: number): Standing {
  const waiting = waitingOf(database, who);
  const [first] = waiting;
  return {
    waiting: waiting.length,
    next: first && placeOf(database, first.id, now),
    isBeingPainted: first?.state === 'rendering',
    isPaused: isPaused(database),
  };
}

/**
 * Ends what of a person's has not been painted yet: the request that a post belongs to, or, if none that waits does, all
 * of it. Tells how many that were.
 */
export function cancelAll(
  database: Database,
  who: Person,
  postId: string | undefined,
  now: number,
): number {
  const waiting = waitingOf(database, who).map(({ id }) => id);
  const meant =
    postId === undefined ? undefined : requestOf(database, who.platform, who.person, postId);
  const ids = waiting.filter((id) => id === meant);
  return (ids.length > 0 ? ids : waiting).filter((id) => cancel(database, id, now)).length;
}
