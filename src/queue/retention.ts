import { keyIn, type PictureStore } from '../pictures/store.js';
import type { Mention } from '../platforms/port.js';
import type { RequestId } from './desk.js';
import type { Sql } from './sql.js';
import type { Answer } from './states.js';

/*
 * What is done with is kept for a while (for the operator, and so that #delete finds it) and then forgotten: its pictures
 * and everything that a person wrote. Only the mention's id stays, so that seeing the mention again does not paint it
 * again.
 */

/** A request to forget, and the picture that goes with it. */
interface Forgettable {
  readonly id: RequestId;
  readonly file: string | undefined;
}

interface Row {
  readonly id: RequestId;
  readonly answer: string | null;
}

/** Some of what was done with before the given time (ms since 1970), oldest first. */
export async function forgettable(
  sql: Sql,
  before: number,
  limit: number,
): Promise<readonly Forgettable[]> {
  const rows = await sql.all<Row>(
    `SELECT id, answer FROM requests
     WHERE changed_at < @before AND mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled')
     ORDER BY changed_at LIMIT @limit`,
    { before, limit },
  );
  return rows.map(asForgettable);
}

/** Forgets one request, if it is done with: a person's right. @throws StoreUnreachable; then nothing is forgotten */
export async function forgetNow(sql: Sql, pictures: PictureStore, id: RequestId): Promise<void> {
  const row = await sql.get<Row>(
    `SELECT id, answer FROM requests
     WHERE id = @id AND mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled')`,
    { id },
  );
  if (row !== undefined) await forget(sql, pictures, asForgettable(row));
}

/** Answered requests of an account whose posts have not been looked at since then, the longest ago first. */
export async function toCheck(
  sql: Sql,
  platform: string,
  before: number,
  limit: number,
): Promise<readonly { readonly id: RequestId; readonly mention: Mention }[]> {
  const rows = await sql.all<{ readonly id: RequestId; readonly mention: string }>(
    `SELECT id, mention FROM requests
     WHERE platform = @platform AND checked_at < @before AND mention IS NOT NULL AND state = 'answered' AND cost > 0
     ORDER BY checked_at LIMIT @limit`,
    { platform, before, limit },
  );
  return rows.map(({ id, mention }) => ({ id, mention: JSON.parse(mention) as Mention }));
}

/** A post has been looked at, and is still there or is being seen to. */
export async function checked(sql: Sql, id: RequestId, now: number): Promise<void> {
  await sql.run('UPDATE requests SET checked_at = @now WHERE id = @id', { id, now });
}

/**
 * What was done with at a time that has not come yet was written down by a clock that was ahead: from now on it counts as
 * done with now, or it would be kept for as long as the clock was ahead.
 */
export async function mendFuture(sql: Sql, now: number): Promise<void> {
  await sql.run(
    `UPDATE requests SET changed_at = @now
     WHERE changed_at > CAST(@now AS BIGINT) + 86400000 AND mention IS NOT NULL
       AND state IN ('answered', 'unanswerable', 'cancelled')`,
    { now },
  );
}

/**
 * Removes a request's picture, and then every word of it: until then the picture's name must not be lost.
 * @throws StoreUnreachable; then nothing is forgotten
 */
export async function forget(
  sql: Sql,
  pictures: PictureStore,
  { id, file }: Forgettable,
): Promise<void> {
  const key = keyIn(file ?? '');
  if (key !== undefined) await pictures.remove(key);
  // Our words repeat some of theirs.
  await sql.run(
    `UPDATE own_posts SET text = ''
     WHERE (platform, mention_id) = (SELECT platform, mention_id FROM requests WHERE id = @id)`,
    { id },
  );
  await sql.run(
    `UPDATE requests SET mention = NULL, request = NULL, answer = NULL
     WHERE id = @id AND state IN ('answered', 'unanswerable', 'cancelled')`,
    { id },
  );
}

function asForgettable({ id, answer }: Row): Forgettable {
  const parsed = answer === null ? undefined : (JSON.parse(answer) as Answer);
  return { id, file: parsed?.type === 'painted' ? parsed.file : undefined };
}
