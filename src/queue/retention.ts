import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { RequestId } from './desk.js';
import type { Answer } from './states.js';

/*
 * What is done with is kept for a while (for the operator, and so that #delete finds it) and then forgotten: its files
 * and everything that a person wrote. Only the mention's id stays, so that seeing the mention again does not paint it
 * again.
 */

/** A request to forget, and the file that goes with it. */
interface Forgettable {
  readonly id: RequestId;
  /** Relative to the data folder. */
  readonly file: string | undefined;
}

interface Row {
  readonly id: RequestId;
  readonly answer: string | null;
}

/** Some of what was done with before the given time (ms since 1970), oldest first. */
export function forgettable(
  database: Database,
  before: number,
  limit: number,
): readonly Forgettable[] {
  return database
    .prepare<[number, number], Row>(
      `SELECT id, answer FROM requests
       WHERE changed_at < ? AND mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled')
       ORDER BY changed_at LIMIT ?`,
    )
    .all(before, limit)
    .map(asForgettable);
}

/** Forgets one request, if it is done with: a person's right. */
export async function forgetNow(database: Database, folder: string, id: RequestId): Promise<void> {
  const row = database
    .prepare<[number], Row>(
      `SELECT id, answer FROM requests
       WHERE id = ? AND mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled')`,
    )
    .get(id);
  if (row !== undefined) await forget(database, folder, asForgettable(row));
}

/** Answered requests of an account whose posts have not been looked at since then, the longest ago first. */
export function toCheck(
  database: Database,
  platform: string,
  before: number,
  limit: number,
): readonly { readonly id: RequestId; readonly mention: Mention }[] {
  return database
    .prepare<[string, number, number], { readonly id: RequestId; readonly mention: string }>(
      `SELECT id, mention FROM requests
       WHERE platform = ? AND checked_at < ? AND mention IS NOT NULL AND state = 'answered' AND cost > 0
       ORDER BY checked_at LIMIT ?`,
    )
    .all(platform, before, limit)
    .map(({ id, mention }) => ({ id, mention: JSON.parse(mention) as Mention }));
}

/** A post has been looked at, and is still there or is being seen to. */
export function checked(database: Database, id: RequestId, now: number): void {
  database.prepare('UPDATE requests SET checked_at = ? WHERE id = ?').run(now, id);
}

/**
 * What was done with at a time that has not come yet was written down by a clock that was ahead: from now on it counts as
 * done with now, or it would be kept for as long as the clock was ahead.
 */
export function mendFuture(database: Database, now: number): void {
  database
    .prepare(
      `UPDATE requests SET changed_at = @now
       WHERE changed_at > @now + 86400000 AND mention IS NOT NULL
         AND state IN ('answered', 'unanswerable', 'cancelled')`,
    )
    .run({ now });
}

/** Removes a request's file, and then every word of it: until then the file's name must not be lost. */
export async function forget(
  database: Database,
  folder: string,
  { id, file }: Forgettable,
): Promise<void> {
  if (file !== undefined) await rm(join(folder, file), { force: true });
  // Our words repeat some of theirs.
  database
    .prepare(
      `UPDATE own_posts SET text = ''
       WHERE (platform, mention_id) = (SELECT platform, mention_id FROM requests WHERE id = ?)`,
    )
    .run(id);
  database
    .prepare(
      `UPDATE requests SET mention = NULL, request = NULL, answer = NULL
       WHERE id = ? AND state IN ('answered', 'unanswerable', 'cancelled')`,
    )
    .run(id);
}

function asForgettable({ id, answer }: Row): Forgettable {
  const parsed = answer === null ? undefined : (JSON.parse(answer) as Answer);
  return { id, file: parsed?.type === 'painted' ? parsed.file : undefined };
}
