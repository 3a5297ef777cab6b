import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Database } from 'better-sqlite3';
import type { Cursor, Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import { admit, type Outcome } from './admission.js';
import type { Answer, Moves } from './states.js';

declare const brand: unique symbol;
export type RequestId = number & { readonly [brand]: 'RequestId' };

/** The right to work on a request until the lease runs out; extended by `extend`. */
export interface Claim {
  readonly id: RequestId;
  readonly token: string;
  readonly platform: string;
  readonly mention: Mention;
  /** Counted from 1. */
  readonly attempt: number;
}
export interface RenderClaim extends Claim {
  readonly request: RenderRequest;
}
export interface ReplyClaim extends Claim {
  readonly request: RenderRequest | undefined;
  readonly answer: Answer;
}

/** A request that has not been answered yet, in the order of dispatch. */
export interface Pending {
  readonly mentionId: string;
  readonly state: keyof Moves;
}

/** The JSON is our own, under a schema that the migrations keep; it is not checked again when it is read. */
interface Row {
  readonly id: RequestId;
  readonly platform: string;
  readonly mention: string;
  readonly request: string | null;
  readonly answer: string | null;
  readonly attempts: number;
}

/**
 * The persistent queue: the one truth about every request. Every method is one transaction, so a crash between any
 * two leaves a state from which the work goes on. Emits 'change' after each.
 */
export class Queue extends EventEmitter<{ change: [] }> {
  constructor(
    private readonly database: Database,
    private readonly leaseMs: number,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  /**
   * Takes a mention in: to be rendered, or, if it is refused, to be answered so. One that is there already is left
   * alone, so giving the same mention twice is harmless.
   */
  admit(platform: string, mention: Mention, outcome: Outcome): boolean {
    const admitted = admit(this.database, { platform, mention, outcome, now: this.now() });
    if (admitted) this.emit('change');
    return admitted;
  }

  /** The next request to render: the smallest start tag that is waiting, or whose worker let its lease run out. */
  claimRender(): RenderClaim | undefined {
    const row = this.database.transaction(() => {
      const claimed = this.#claim(
        `UPDATE requests
         SET state = 'rendering', attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
         WHERE id = (SELECT id FROM requests
                     WHERE state IN ('queued', 'rendering') AND not_before <= @now AND coalesce(lease_until, 0) <= @now
                     ORDER BY start_tag, id LIMIT 1)
         RETURNING *, start_tag AS start`,
      );
      if (claimed !== undefined)
        this.database
          .prepare('UPDATE dispatch SET last_start = max(last_start, ?)')
          .run(claimed.start);
      return claimed;
    })();
    if (row === undefined) return undefined;
    this.emit('change');
    return { ...claimOf(row), request: JSON.parse(row.request ?? 'null') as RenderRequest };
  }

  /** The next answer to post: the oldest request whose time has come, so that a retried one is not starved by new ones. */
  claimReply(): ReplyClaim | undefined {
    const row = this.#claim(
      `UPDATE requests
       SET attempts = attempts + 1, lease_token = @token, lease_until = @until, changed_at = @now
       WHERE id = (SELECT id FROM requests
                   WHERE state = 'answering' AND not_before <= @now AND coalesce(lease_until, 0) <= @now
                   ORDER BY id LIMIT 1)
       RETURNING *, start_tag AS start`,
    );
    if (row === undefined) return undefined;
    return {
      ...claimOf(row),
      request: row.request === null ? undefined : (JSON.parse(row.request) as RenderRequest),
      answer: JSON.parse(row.answer ?? 'null') as Answer,
    };
  }

  /** Keeps a claim alive for another lease; tells whether it still was. */
  extend({ id, token }: Claim): boolean {
    return (
      this.database
        .prepare('UPDATE requests SET lease_until = ? WHERE id = ? AND lease_token = ?')
        .run(this.now() + this.leaseMs, id, token).changes === 1
    );
  }

  /** A render has an outcome; next it is posted. */
  rendered(claim: RenderClaim, answer: Answer): boolean {
    return this.#move(claim, 'rendering', 'answering', {
      answer: JSON.stringify(answer),
      attempts: 0,
    });
  }

  /** Nothing came of a render yet: it is to be tried again, keeping its place. */
  retryRender(claim: RenderClaim, notBefore: number): boolean {
    return this.#move(claim, 'rendering', 'queued', { not_before: notBefore });
  }

  /** A render was interrupted by ourselves: it is to be tried again and the attempt does not count. */
  handBack(claim: RenderClaim): boolean {
    return this.#move(claim, 'rendering', 'queued', { attempts: claim.attempt - 1 });
  }

  /** The answer stands in the thread. */
  answered(claim: ReplyClaim, replyId: string): boolean {
    return this.#move(claim, 'answering', 'answered', { reply_id: replyId });
  }

  /** The answer cannot be posted, now or ever. */
  unanswerable(claim: ReplyClaim): boolean {
    return this.#move(claim, 'answering', 'unanswerable', {});
  }

  /** The answer could not be posted; the lease becomes a wait. */
  retryReply({ id, token }: ReplyClaim, notBefore: number): void {
    this.database
      .prepare(
        `UPDATE requests SET not_before = ?, lease_token = NULL, lease_until = NULL, changed_at = ?
         WHERE id = ? AND lease_token = ? AND state = 'answering'`,
      )
      .run(notBefore, this.now(), id, token);
    this.emit('change');
  }

  /** Everything that is not answered yet, in the order in which it will be rendered. */
  pending(): readonly Pending[] {
    return this.database
      .prepare<[], Pending>(
        `SELECT mention_id AS mentionId, state FROM requests
         WHERE state IN ('queued', 'rendering', 'answering') ORDER BY start_tag, id`,
      )
      .all();
  }

  /** Where an account's reading of its notifications is remembered. */
  cursor(platform: string): Cursor {
    return {
      get: () =>
        this.database
          .prepare<[string], { position: string }>(
            'SELECT position FROM cursors WHERE platform = ?',
          )
          .get(platform)?.position,
      set: (position) =>
        this.database
          .prepare(
            'INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
          )
          .run(platform, position),
    };
  }

  close(): void {
    this.database.close();
  }

  #claim(sql: string): (Row & { token: string; start: number }) | undefined {
    const now = this.now();
    const token = randomUUID();
    const row = this.database
      .prepare<[object], Row & { start: number }>(sql)
      .get({ token, until: now + this.leaseMs, now });
    return row && { ...row, token };
  }

  /** The one way from state to state; does nothing, and says so, if the claim is no longer ours. */
  #move<From extends keyof Moves>(
    { id, token }: Claim,
    from: From,
    to: Moves[From],
    changes: Readonly<Record<string, string | number>>,
  ): boolean {
    const columns = Object.keys(changes).map((column) => `${column} = @${column}, `);
    const { changes: moved } = this.database
      .prepare(
        `UPDATE requests SET ${columns.join('')} state = @to, lease_token = NULL, lease_until = NULL, changed_at = @now
         WHERE id = @id AND state = @from AND lease_token = @token`,
      )
      .run({ ...changes, id, token, from, to, now: this.now() });
    this.emit('change');
    return moved === 1;
  }
}

function claimOf({
  id,
  token,
  platform,
  mention,
  attempts,
}: Row & { readonly token: string }): Claim {
  return { id, token, platform, mention: JSON.parse(mention) as Mention, attempt: attempts };
}
