/*
 * The statements by which work is given out, each a single one, so that no two can be given the same. The benchmark
 * prints how SQLite goes about them.
 */

/**
 * The longest that a request may be put off. What claims to wait for longer was written before the clock was set back.
 */
export const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** Whom nobody holds. A lease longer than leases are is from before the clock was set back. */
const IS_FREE = '(lease_until IS NULL OR lease_until <= @now OR lease_until > @until)';

/** What has been put off and whose time has come goes back into the line, */
export const RECALL = 'UPDATE requests SET deferred = 0 WHERE deferred = 1 AND not_before <= @now';
/** and so does what waits for longer than one can. (As one statement it would not be answered from an index.) */
export const RECALL_FUTURE = `UPDATE requests SET deferred = 0
  WHERE deferred = 1 AND not_before > @now + ${LONGEST_WAIT_MS}`;

export const CLAIM_RENDER = `UPDATE requests
  SET state = 'rendering', attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
  WHERE id = (SELECT id FROM requests
              WHERE state IN ('queued', 'rendering') AND deferred = 0 AND ${IS_FREE}
                AND id NOT IN (SELECT value FROM json_each(@held)) AND (SELECT paused FROM dispatch) = 0
              ORDER BY start_tag, id LIMIT 1)
  RETURNING *, start_tag AS start, created_at AS askedAt`;

export const CLAIM_REPLY = `UPDATE requests
  SET attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
  WHERE id = (SELECT id FROM requests
              WHERE state = 'answering' AND deferred = 0 AND ${IS_FREE}
                AND platform NOT IN (SELECT value FROM json_each(@busy))
              ORDER BY cost = 0, id LIMIT 1)
  RETURNING *, start_tag AS start, created_at AS askedAt`;
