import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Cursor, Mention } from '../platforms/port.js';
import type { Ledger } from '../platforms/x/ledger.js';
import type { QuotaReached, RenderRequest } from '../requests/request.js';
import { admit, type Outcome } from './admission.js';
import { claimRender, claimReply, RECALL, RECALL_FUTURE } from './claims.js';
import { cancel, PENDING, requestFor, type RequestId } from './desk.js';
import { learnPace, type Pace } from './forecast.js';
import { cursorIn, QueueLedger } from './ledger.js';
import type { Person } from './person.js';
import { quotaReached, type Quotas } from './quotas.js';
import { listOf, MISSED, type Database, type Sql, type Values } from './sql.js';
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
  /** Its name among those that paint for one database; nothing if it is alone. */
  readonly machine?: string;
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

/** What the processes on a database tell each other of it. */
const CHANGED = 'change';

/**
 * The persistent queue: the one truth about every request. Every method is one transaction, so a crash between any
 * two leaves a state from which the work goes on. Emits 'change' after each, also after another process's.
 */
export class Queue extends EventEmitter<{ change: [] }> {
  #version = 0;

  constructor(
    readonly database: Database,
    private readonly options: QueueOptions,
    private readonly now: () => number = Date.now,
  ) {
    super();
    this.on('change', () => (this.#version += 1));
    database.news?.hear((news) => [CHANGED, MISSED].includes(news) && this.emit('change'));
  }

  /** Something else than its own methods has changed what it holds. */
  changed(): void {
    this.emit('change');
    this.database.news?.tell(CHANGED);
  }

  /** Another one after every change. */
  get version(): number {
    return this.#version;
  }

  /**
   * Takes a mention in: to be rendered, or, if it is refused or exceeds a quota, to be answered so. Tells which;
   * undefined if it is there already and so is left alone: giving the same mention twice is harmless.
   * @param weight the person's share, relative to others'
   */
  async admit(
    platform: string,
    mention: Mention,
    outcome: Outcome,
    weight = 1,
  ): Promise<Outcome | undefined> {
    const { quotas } = this.options;
    const now = this.now();
    const admitted = await admit(this.database, {
      platform,
      mention,
      outcome,
      weight,
      quotas,
      now,
    });
    if (admitted !== undefined) this.changed();
    return admitted;
  }

  /** Which quota a person's next request would exceed, if any. */
  quotaReached(who: Person): Promise<QuotaReached | undefined> {
    return quotaReached(this.database, this.options.quotas, who, this.now());
  }

  /** This process's name among those that paint for the database. */
  get machine(): string {
    return this.options.machine ?? '';
  }

  /** How much the bot takes on. */
  get quotas(): Quotas {
    return this.options.quotas;
  }

  /**
   * The next request to render: the smallest start tag that is waiting, or whose worker let its lease run out. A power cut
   * ends a claim's holder, so the claim itself need not outlast it.
   * @param held what the asker works on already: when the clock leaps, its leases run out before it can extend them
   * @param on the accounts that the asker has, of which alone it can fetch pictures; all if nothing is said
   */
  async claimRender(
    held: readonly RequestId[] = [],
    on?: readonly string[],
  ): Promise<RenderClaim | undefined> {
    const list = listOf('held', held);
    const accounts = on && listOf('on', on);
    const row = await this.#claim(
      claimRender(this.database.engine, list.sql, accounts?.sql),
      { ...list.values, ...accounts?.values },
      (sql, { start }) =>
        sql.run('UPDATE dispatch SET last_start = @start WHERE last_start < @start', { start }),
    );
    if (row === undefined) return undefined;
    this.changed();
    const request = JSON.parse(row.request ?? 'null') as RenderRequest;
    return { ...claimOf(row), request, cost: row.cost };
  }

  /**
   * The next answer to post: painted pictures first, and the oldest, so that a retried one is not starved by new ones.
   * @param busy names of the accounts on which the asker is posting already
   */
  async claimReply(busy: readonly string[] = []): Promise<ReplyClaim | undefined> {
    const list = listOf('busy', busy);
    const row = await this.#claim(claimReply(this.database.engine, list.sql), list.values);
    if (row === undefined) return undefined;
    return {
      ...claimOf(row),
      request: row.request === null ? undefined : (JSON.parse(row.request) as RenderRequest),
      answer: JSON.parse(row.answer ?? 'null') as Answer,
    };
  }

  /** Keeps a claim alive for another lease; tells whether it still was. */
  async extend({ id, token }: Claim): Promise<boolean> {
    const until = this.now() + this.options.leaseMs;
    const sql = 'UPDATE requests SET lease_until = @until WHERE id = @id AND lease_token = @token';
    return (await this.database.run(sql, { until, id, token })) === 1;
  }

  /** A render has an outcome; next it is posted. A painted picture also tells how fast its device is. */
  async rendered(claim: RenderClaim, answer: Answer, pace?: Pace): Promise<boolean> {
    const changes = { answer: JSON.stringify(answer), attempts: 0 };
    const moved = await this.database.transaction(async (sql) => {
      if (pace) await learnPace(sql, this.machine, pace, this.now());
      return this.#move(sql, claim, 'rendering', 'answering', changes);
    });
    this.changed();
    return moved;
  }

  /** Nothing came of a render yet: it is to be tried again, keeping its place. */
  retryRender(claim: RenderClaim, notBefore: number): Promise<boolean> {
    return this.#moved(claim, 'rendering', 'queued', { not_before: notBefore, deferred: 1 });
  }

  /** A render did not come about, for a reason that is not its own: it is to be tried again and the attempt does not count. */
  handBack(claim: RenderClaim, notBefore = 0): Promise<boolean> {
    return this.#moved(claim, 'rendering', 'queued', {
      attempts: claim.attempt - 1,
      not_before: notBefore,
      deferred: notBefore > 0 ? 1 : 0,
    });
  }

  /** The answer stands in the thread, or, if it took no words, has been given. */
  answered(claim: ReplyClaim, replyId: string | undefined): Promise<boolean> {
    const reply = { reply_id: replyId ?? null, checked_at: this.now() };
    return this.#moved(claim, 'answering', 'answered', reply);
  }

  /** There is something else to say than was thought. */
  reword(claim: ReplyClaim, answer: Answer): Promise<boolean> {
    const changes = { answer: JSON.stringify(answer), attempts: 0 };
    return this.#moved(claim, 'answering', 'answering', changes);
  }

  /** The painted picture's file is lost or damaged: it is to be painted again. */
  repaint(claim: ReplyClaim): Promise<boolean> {
    return this.#moved(claim, 'answering', 'queued', { attempts: 0, answer: null });
  }

  /** The answer cannot be posted, now or ever. */
  unanswerable(claim: ReplyClaim): Promise<boolean> {
    return this.#moved(claim, 'answering', 'unanswerable', {});
  }

  /**
   * The mention is gone, or its author: whatever was still to be done for it is not done. Tells whether there was
   * anything. Who holds a claim on it learns so from `extend`.
   */
  async cancel(platform: string, mentionId: string): Promise<boolean> {
    const id = await requestFor(this.database, platform, mentionId);
    const cancelled = id !== undefined && (await cancel(this.database, id, this.now()));
    if (cancelled) this.changed();
    return cancelled;
  }

  /** The answer could not be posted; the lease becomes a wait. */
  retryReply({ id, token, attempt }: ReplyClaim, notBefore: number): Promise<void> {
    return this.#wait({ id, token, attempt }, notBefore);
  }

  /** The answer has not been posted yet, for a reason that is not its own: the attempt does not count. */
  putReplyOff({ id, token, attempt }: ReplyClaim, notBefore: number): Promise<void> {
    return this.#wait({ id, token, attempt: attempt - 1 }, notBefore);
  }

  async #wait(
    { id, token, attempt }: Pick<Claim, 'id' | 'token' | 'attempt'>,
    notBefore: number,
  ): Promise<void> {
    await this.database.run(
      `UPDATE requests
       SET not_before = @notBefore, deferred = 1, attempts = @attempt, lease_token = NULL, lease_until = NULL, changed_at = @now
       WHERE id = @id AND lease_token = @token AND state = 'answering'`,
      { notBefore, attempt, now: this.now(), id, token },
    );
    this.changed();
  }

  /**
   * Whoever asked has edited their post: this is what it is now, and what it costs. The difference counts against what they
   * ask for next. Nothing if the claim is no longer ours.
   */
  async amend(
    { id, token, cost: before }: RenderClaim,
    mention: Mention,
    outcome: Outcome,
  ): Promise<void> {
    const isPainted = 'request' in outcome;
    const cost = isPainted ? outcome.cost : 0;
    const request = isPainted ? JSON.stringify(outcome.request) : null;
    await this.database.transaction(
      async (sql) => {
        const changed = await sql.run(
          `UPDATE requests SET mention = @mention, request = @request, cost = @cost
           WHERE id = @id AND lease_token = @token`,
          { mention: JSON.stringify(mention), request, cost, id, token },
        );
        if (changed === 0) return;
        await sql.run(
          `UPDATE people SET finish_tag = finish_tag + @more / weight
           WHERE (platform, person) = (SELECT platform, person FROM requests WHERE id = @id)`,
          { id, more: cost - before },
        );
      },
      { alone: true },
    );
  }

  /** Everything that is not answered yet, in the order in which it will be rendered. */
  pending(): Promise<readonly Pending[]> {
    return this.database.all<Pending>(
      `SELECT platform, mention_id AS "mentionId", state FROM ${PENDING} ORDER BY start_tag, id`,
      { limit: Number.MAX_SAFE_INTEGER },
    );
  }

  /** Where an account's reading of its notifications is remembered. */
  cursor(platform: string): Cursor {
    return cursorIn(this.database, platform);
  }

  /** What an account remembers of a network that charges for being asked. */
  ledger(platform: string): Ledger {
    return new QueueLedger(this.database, platform, this.now);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Gives out the first that there is to do; a power cut ends its holder, so a claim need not outlast it. */
  #claim(
    claim: string,
    more: Values,
    then: (sql: Sql, row: Claimed) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Claimed | undefined> {
    const now = this.now();
    const token = randomUUID();
    const { leaseMs } = this.options;
    const values = { ...more, token, until: now + leaseMs, tooLong: now + 2 * leaseMs, now };
    return this.database.transaction(
      async (sql) => {
        for (const recall of [RECALL, RECALL_FUTURE]) await sql.run(recall, { now });
        const row = await sql.get<Claimed>(claim, values);
        if (row !== undefined) await then(sql, row);
        return row && { ...row, token };
      },
      { durable: false },
    );
  }

  async #moved<From extends keyof Moves>(
    claim: Claim,
    from: From,
    to: Moves[From],
    changes: Values,
  ): Promise<boolean> {
    const moved = await this.#move(this.database, claim, from, to, changes);
    this.changed();
    return moved;
  }

  /** The one way from state to state; does nothing, and says so, if the claim is no longer ours. */
  async #move<From extends keyof Moves>(
    sql: Sql,
    { id, token }: Claim,
    from: From,
    to: Moves[From],
    changes: Values,
  ): Promise<boolean> {
    const columns = Object.keys(changes).map((column) => `${column} = @${column}, `);
    const moved = await sql.run(
      `UPDATE requests SET ${columns.join('')} state = @to, lease_token = NULL, lease_until = NULL, changed_at = @now
       WHERE id = @id AND state = @from AND lease_token = @token`,
      { ...changes, id, token, from, to, now: this.now() },
    );
    return moved === 1;
  }
}

type Claimed = Row & { readonly token: string; readonly start: number };

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
