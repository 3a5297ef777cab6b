import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Database } from 'better-sqlite3';
import type { Cursor, Mention } from '../platforms/port.js';
import type { Ledger } from '../platforms/x/ledger.js';
import type { QuotaReached, RenderRequest } from '../requests/request.js';
import { admit, type Outcome } from './admission.js';
import { CLAIM_RENDER, CLAIM_REPLY, RECALL, RECALL_FUTURE } from './claims.js';
import { undurably } from './database.js';
import { cancel, requestFor, type RequestId } from './desk.js';
import { learnPace, type Pace } from './forecast.js';
import { QueueLedger } from './ledger.js';
import type { Person } from './person.js';
import { quotaReached, type Quotas } from './quotas.js';
import type { Answer, Moves, PendingState } from './states.js';

/** The right to work on a request until the lease runs out; extended by `extend`. */
export interface Claim {
  readonly id: RequestId;
  readonly token: string;
  readonly platform: string;
  readonly mention: Mention;
  /** Counted from 1. */
  readonly attempt: number;
  /** When the mention was taken in, in milliseconds since 1970. */
  readonly askedAt: number;
}
export interface RenderClaim extends Claim {
  readonly request: RenderRequest;
  /** As it was estimated at admission. */
  readonly cost: number;
}
export interface ReplyClaim extends Claim {
  readonly request: RenderRequest | undefined;
  readonly answer: Answer;
}

/** A request that has not been answered yet, in the order of dispatch. */
export interface Pending {
  readonly platform: string;
  readonly mentionId: string;
  readonly state: PendingState;
}

export interface QueueOptions {
  /** How long a claim is good for unless it is extended. */
  readonly leaseMs: number;
  readonly quotas: Quotas;
}

/** The JSON is our own, under a schema that the migrations keep; it is not checked again when it is read. */
interface Row {
  readonly id: RequestId;
  readonly platform: string;
  readonly mention: string;
  readonly request: string | null;
  readonly answer: string | null;
  readonly attempts: number;
  readonly cost: number;
  readonly askedAt: number;
}

/**
 * The persistent queue: the one truth about every request. Every method is one transaction, so a crash between any
 * two leaves a state from which the work goes on. Emits 'change' after each.
 */
export class Queue extends EventEmitter<{ change: [] }> {
  constructor(
    readonly database: Database,
    private readonly options: QueueOptions,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  /**
   * Takes a mention in: to be rendered, or, if it is refused or exceeds a quota, to be answered so. Tells which;
   * undefined if it is there already and so is left alone: giving the same mention twice is harmless.
   * @param weight the person's share, relative to others'
   */
  admit(platform: string, mention: Mention, outcome: Outcome, weight = 1): Outcome | undefined {
    const { quotas } = this.options;
    const now = this.now();
    const admitted = admit(this.database, { platform, mention, outcome, weight, quotas, now });
    if (admitted !== undefined) this.emit('change');
    return admitted;
  }

  /** Which quota a person's next request would exceed, if any. */
  quotaReached(who: Person): QuotaReached | undefined {
    return quotaReached(this.database, this.options.quotas, who, this.now());
  }

  /** How much the bot takes on. */
  get quotas(): Quotas {
    return this.options.quotas;
  }

  /**
   * The next request to render: the smallest start tag that is waiting, or whose worker let its lease run out. A power cut
   * ends a claim's holder, so the claim itself need not outlast it.
   * @param held what the asker works on already: when the clock leaps, its leases run out before it can extend them
   */
  claimRender(held: readonly RequestId[] = []): RenderClaim | undefined {
    const claim = this.database.transaction(() => {
      const claimed = this.#claim(CLAIM_RENDER, { held: JSON.stringify(held) });
      if (claimed !== undefined)
        this.database
          .prepare('UPDATE dispatch SET last_start = max(last_start, ?)')
          .run(claimed.start);
      return claimed;
    });
    const row = undurably(this.database, () => claim.immediate());
    if (row === undefined) return undefined;
    this.emit('change');
    const request = JSON.parse(row.request ?? 'null') as RenderRequest;
    return { ...claimOf(row), request, cost: row.cost };
  }

  /**
   * The next answer to post: painted pictures first, and the oldest, so that a retried one is not starved by new ones.
   * @param busy names of the accounts on which the asker is posting already
   */
  claimReply(busy: readonly string[] = []): ReplyClaim | undefined {
    const row = undurably(this.database, () =>
      this.#claim(CLAIM_REPLY, { busy: JSON.stringify(busy) }),
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
        .run(this.now() + this.options.leaseMs, id, token).changes === 1
    );
  }

  /** A render has an outcome; next it is posted. A painted picture also tells how fast its device is. */
  rendered(claim: RenderClaim, answer: Answer, pace?: Pace): boolean {
    return this.database.transaction(() => {
      if (pace) learnPace(this.database, pace, this.now());
      return this.#move(claim, 'rendering', 'answering', {
        answer: JSON.stringify(answer),
        attempts: 0,
      });
    })();
  }

  /** Nothing came of a render yet: it is to be tried again, keeping its place. */
  retryRender(claim: RenderClaim, notBefore: number): boolean {
    return this.#move(claim, 'rendering', 'queued', { not_before: notBefore, deferred: 1 });
  }

  /** A render did not come about, for a reason that is not its own: it is to be tried again and the attempt does not count. */
  handBack(claim: RenderClaim, notBefore = 0): boolean {
    return this.#move(claim, 'rendering', 'queued', {
      attempts: claim.attempt - 1,
      not_before: notBefore,
      deferred: notBefore > 0 ? 1 : 0,
    });
  }

  /** The answer stands in the thread, or, if it took no words, has been given. */
  answered(claim: ReplyClaim, replyId: string | undefined): boolean {
    const reply = { reply_id: replyId ?? null, checked_at: this.now() };
    return this.#move(claim, 'answering', 'answered', reply);
  }

  /** There is something else to say than was thought. */
  reword(claim: ReplyClaim, answer: Answer): boolean {
    const changes = { answer: JSON.stringify(answer), attempts: 0 };
    return this.#move(claim, 'answering', 'answering', changes);
  }

  /** The painted picture's file is lost or damaged: it is to be painted again. */
  repaint(claim: ReplyClaim): boolean {
    return this.#move(claim, 'answering', 'queued', { attempts: 0, answer: null });
  }

  /** The answer cannot be posted, now or ever. */
  unanswerable(claim: ReplyClaim): boolean {
    return this.#move(claim, 'answering', 'unanswerable', {});
  }

  /**
   * The mention is gone, or its author: whatever was still to be done for it is not done. Tells whether there was
   * anything. Who holds a claim on it learns so from `extend`.
   */
  cancel(platform: string, mentionId: string): boolean {
    const id = requestFor(this.database, platform, mentionId);
    const cancelled = id !== undefined && cancel(this.database, id, this.now());
    if (cancelled) this.emit('change');
    return cancelled;
  }

  /** The answer could not be posted; the lease becomes a wait. */
  retryReply({ id, token, attempt }: ReplyClaim, notBefore: number): void {
    this.#wait({ id, token, attempt }, notBefore);
  }

  /** The answer has not been posted yet, for a reason that is not its own: the attempt does not count. */
  putReplyOff({ id, token, attempt }: ReplyClaim, notBefore: number): void {
    this.#wait({ id, token, attempt: attempt - 1 }, notBefore);
  }

  #wait({ id, token, attempt }: Pick<Claim, 'id' | 'token' | 'attempt'>, notBefore: number): void {
    this.database
      .prepare(
        `UPDATE requests
         SET not_before = ?, deferred = 1, attempts = ?, lease_token = NULL, lease_until = NULL, changed_at = ?
         WHERE id = ? AND lease_token = ? AND state = 'answering'`,
      )
      .run(notBefore, attempt, this.now(), id, token);
    this.emit('change');
  }

  /**
   * Whoever asked has edited their post: this is what it is now, and what it costs. The difference counts against what they
   * ask for next. Nothing if the claim is no longer ours.
   */
  amend({ id, token, cost: before }: RenderClaim, mention: Mention, outcome: Outcome): void {
    const isPainted = 'request' in outcome;
    const cost = isPainted ? outcome.cost : 0;
    this.database.transaction(() => {
      const { changes } = this.database
        .prepare(
          `UPDATE requests SET mention = ?, request = ?, cost = ? WHERE id = ? AND lease_token = ?`,
        )
        .run(
          JSON.stringify(mention),
          isPainted ? JSON.stringify(outcome.request) : null,
          cost,
          id,
          token,
        );
      if (changes === 0) return;
      this.database
        .prepare(
          `UPDATE people SET finish_tag = finish_tag + (@cost - @before) / weight
           WHERE (platform, person) = (SELECT platform, person FROM requests WHERE id = @id)`,
        )
        .run({ id, cost, before });
    })();
  }

  /** Everything that is not answered yet, in the order in which it will be rendered. */
  pending(): readonly Pending[] {
    return this.database
      .prepare<[], Pending>(
        `SELECT platform, mention_id AS mentionId, state FROM requests
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

  /** What an account remembers of a network that charges for being asked. */
  ledger(platform: string): Ledger {
    return new QueueLedger(this.database, platform, this.cursor(platform), this.now);
  }

  close(): void {
    this.database.close();
  }

  #claim(
    sql: string,
    more: Readonly<Record<string, string>>,
  ): (Row & { token: string; start: number }) | undefined {
    const now = this.now();
    const token = randomUUID();
    for (const recall of [RECALL, RECALL_FUTURE]) this.database.prepare(recall).run({ now });
    const row = this.database
      .prepare<[object], Row & { start: number }>(sql)
      .get({ ...more, token, until: now + this.options.leaseMs, now });
    return row && { ...row, token };
  }

  /** The one way from state to state; does nothing, and says so, if the claim is no longer ours. */
  #move<From extends keyof Moves>(
    { id, token }: Claim,
    from: From,
    to: Moves[From],
    changes: Readonly<Record<string, string | number | null>>,
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
  askedAt,
}: Row & { readonly token: string }): Claim {
  return {
    id,
    token,
    platform,
    mention: JSON.parse(mention) as Mention,
    attempt: attempts,
    askedAt,
  };
}
