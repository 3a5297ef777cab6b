import type { Engine } from './sql.js';

/*
 * The statements by which work is given out, each a single one, so that no two can be given the same. The benchmark
 * prints how the engines go about them.
 */

/**
 * The longest that a request may be put off. What claims to wait for longer was written before the clock was set back.
 */
export const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/**
 * Whom nobody holds. A lease much longer than leases are is from before the clock was set back; one that is a little longer was
 * given by a machine whose clock is ahead, or a moment after we had looked at ours.
 */
const IS_FREE = '(lease_until IS NULL OR lease_until <= @now OR lease_until > @tooLong)';

/** What has been put off and whose time has come goes back into the line, */
export const RECALL = 'UPDATE requests SET deferred = 0 WHERE deferred = 1 AND not_before <= @now';
/** and so does what waits for longer than one can. (As one statement it would not be answered from an index.) */
export const RECALL_FUTURE = `UPDATE requests SET deferred = 0
  WHERE deferred = 1 AND not_before > CAST(@now AS BIGINT) + ${LONGEST_WAIT_MS}`;

/** What another one is just taking is passed over. SQLite has one writer at a time, and so nobody to pass over. */
const LOCK: Readonly<Record<Engine, string>> = {
  sqlite: '',
  postgres: 'FOR UPDATE SKIP LOCKED',
};

/**
 * @param held the ids that are not to be given out, as a list in SQL
 * @param on the accounts that alone are to be given out, as a list in SQL; all if there is none
 */
export function claimRender(engine: Engine, held: string, on?: string): string {
  return `UPDATE requests
  SET state = 'rendering', attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
  WHERE id = (SELECT id FROM requests
              WHERE state IN ('queued', 'rendering') AND deferred = 0 AND ${IS_FREE}
                AND (id IN (${held})) IS NOT TRUE ${on === undefined ? '' : `AND platform IN (${on})`} AND (SELECT paused FROM dispatch) = 0
              ORDER BY start_tag, id LIMIT 1 ${LOCK[engine]})
  RETURNING *, start_tag AS start, created_at AS "askedAt"`;
}

/** @param busy the accounts that are not to be given out, as a list in SQL */
export function claimReply(engine: Engine, busy: string): string {
  return `UPDATE requests
  SET attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
  WHERE id = (SELECT id FROM requests
              WHERE state = 'answering' AND deferred = 0 AND ${IS_FREE}
                AND (platform IN (${busy})) IS NOT TRUE
              ORDER BY (cost = 0), id LIMIT 1 ${LOCK[engine]})
  RETURNING *, start_tag AS start, created_at AS "askedAt"`;
}
