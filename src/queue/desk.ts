import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import type { Answer, State } from './states.js';

/*
 * What an operator sees of the queue and does to it, also from another process while the bot runs: the bot looks into
 * the database at least every second (see waiting.ts).
 */

declare const brand: unique symbol;
export type RequestId = number & { readonly [brand]: 'RequestId' };

/** A request as an operator sees it. */
export interface Listed {
  readonly id: RequestId;
  readonly platform: string;
  readonly mentionId: string;
  readonly person: string;
  /** The person's, in full, as one blocks them; undefined once the request has been forgotten. */
  readonly address: string | undefined;
  readonly state: State;
  readonly attempts: number;
  /** What is to be painted; undefined if nothing is, or it has been forgotten. */
  readonly request: RenderRequest | undefined;
  /** Undefined while there is none. */
  readonly answer: Answer | undefined;
  readonly replyId: string | undefined;
  /** Of our word in between, on the place in the line. */
  readonly interimId: string | undefined;
  /** Milliseconds since 1970, as are the two below. */
  readonly createdAt: number;
  readonly changedAt: number;
  /** Nothing happens before; 0 if nothing has been put off. */
  readonly notBefore: number;
}

interface Row extends Omit<Listed, 'address' | 'request' | 'answer' | 'replyId' | 'interimId'> {
  readonly mention: string | null;
  readonly request: string | null;
  readonly answer: string | null;
  readonly replyId: string | null;
  readonly interimId: string | null;
}

const COLUMNS = `id, platform, mention_id AS mentionId, person, mention, request, state, attempts, answer, reply_id AS replyId, interim_id AS interimId,
  created_at AS createdAt, changed_at AS changedAt, not_before AS notBefore`;

/** What is pending, in the order in which it will be painted, or what is in one state, newest first. */
export function listed(
  database: Database,
  state: State | 'pending',
  limit: number,
): readonly Listed[] {
  const rows =
    state === 'pending'
      ? database
          .prepare<[number], Row>(
            `SELECT ${COLUMNS} FROM requests WHERE state IN ('queued', 'rendering', 'answering')
           ORDER BY start_tag, id LIMIT ?`,
          )
          .all(limit)
      : database
          .prepare<[State, number], Row>(
            `SELECT ${COLUMNS} FROM requests WHERE state = ? ORDER BY id DESC LIMIT ?`,
          )
          .all(state, limit);
  return rows.map(asListed);
}

/** One request; undefined if there is none with this id. */
export function shown(database: Database, id: number): Listed | undefined {
  const row = database
    .prepare<[number], Row>(`SELECT ${COLUMNS} FROM requests WHERE id = ?`)
    .get(id);
  return row && asListed(row);
}

/** The request that a mention became; undefined if we do not know the mention. */
export function requestFor(
  database: Database,
  platform: string,
  mentionId: string,
): RequestId | undefined {
  return database
    .prepare<[string, string], RequestId>(
      'SELECT id FROM requests WHERE platform = ? AND mention_id = ?',
    )
    .pluck()
    .get(platform, mentionId);
}

/**
 * The person's own request that a post belongs to: the post is either their mention or our reply to it.
 */
export function requestOf(
  database: Database,
  platform: string,
  person: string,
  postId: string,
): RequestId | undefined {
  const by = (column: 'mention_id' | 'reply_id' | 'interim_id') =>
    `SELECT id FROM requests WHERE platform = @platform AND ${column} = @postId AND person = @person`;
  return database
    .prepare<[object], RequestId>(
      [by('mention_id'), by('reply_id'), by('interim_id')].join(' UNION ALL '),
    )
    .pluck()
    .get({ platform, person, postId });
}

/** What was asked for, if it was something to paint, and by which mention. */
export interface Asked {
  readonly request: RenderRequest | undefined;
  readonly mention: Mention;
}

/** What a post of ours answers; 'forgotten' if it is ours, but no more is known of it; undefined if it is none. */
export function askedBehind(
  database: Database,
  platform: string,
  postId: string,
): Asked | 'forgotten' | undefined {
  const row = database
    .prepare<[object], AskedRow>(
      `SELECT request, mention FROM requests WHERE platform = @platform AND reply_id = @postId
       UNION ALL
       SELECT request, mention FROM requests WHERE platform = @platform AND interim_id = @postId`,
    )
    .get({ platform, postId });
  return row && (asked(row) ?? 'forgotten');
}

/** Who wrote a mention of us, and what it asked for unless that is forgotten; undefined if it is no mention of us. */
export function askedIn(
  database: Database,
  platform: string,
  mentionId: string,
): { readonly person: string; readonly asked: Asked | undefined } | undefined {
  const row = database
    .prepare<[string, string], AskedRow & { readonly person: string }>(
      'SELECT person, request, mention FROM requests WHERE platform = ? AND mention_id = ?',
    )
    .get(platform, mentionId);
  return row && { person: row.person, asked: asked(row) };
}

interface AskedRow {
  readonly request: string | null;
  readonly mention: string | null;
}

function asked({ request, mention }: AskedRow): Asked | undefined {
  if (mention === null) return undefined;
  return {
    request: request === null ? undefined : (JSON.parse(request) as RenderRequest),
    mention: JSON.parse(mention) as Mention,
  };
}

/** Remembers a post of ours under a mention, whatever has become of the request: the answer, or a word in between. */
export function notePost(
  database: Database,
  id: RequestId,
  postId: string,
  which: 'reply_id' | 'interim_id',
): void {
  database.prepare(`UPDATE requests SET ${which} = ? WHERE id = ?`).run(postId, id);
}

/** The mention that a request came from; undefined if it has been forgotten. */
export function mentionBehind(database: Database, id: RequestId): Mention | undefined {
  const sql = 'SELECT mention FROM requests WHERE id = ?';
  const mention = database.prepare<[number], string | null>(sql).pluck().get(id);
  return typeof mention === 'string' ? (JSON.parse(mention) as Mention) : undefined;
}

/**
 * Ends what is pending. Who is painting it at the moment stops within seconds. Tells whether there was something to end.
 */
export function cancel(database: Database, id: number, now: number): boolean {
  const sql = `UPDATE requests SET state = 'cancelled', lease_token = NULL, lease_until = NULL, changed_at = ?
    WHERE id = ? AND state IN ('queued', 'rendering', 'answering')`;
  return database.prepare(sql).run(now, id).changes === 1;
}

/**
 * Tries again at once: what waits for another attempt waits no longer, what could not be answered is to be answered,
 * what was cancelled, or apologized for, goes back into the line. Tells whether there was something to try.
 */
export function retry(database: Database, id: number, now: number): boolean {
  const sql = `UPDATE requests
    SET state = CASE WHEN state IN ('queued', 'answering') THEN state
                     WHEN answer IS NULL OR state = 'answered' THEN 'queued' ELSE 'answering' END,
        answer = CASE WHEN state = 'answered' THEN NULL ELSE answer END,
        attempts = 0, not_before = 0, deferred = 0, changed_at = ?
    WHERE id = ? AND mention IS NOT NULL AND lease_token IS NULL
      AND (state IN ('queued', 'answering', 'unanswerable', 'cancelled')
           OR state = 'answered' AND answer ->> 'type' = 'failed')`;
  return database.prepare(sql).run(now, id).changes === 1;
}

/** While paused, mentions come in and answers go out, but nothing is taken up for painting. */
export function setPaused(database: Database, paused: boolean): void {
  database.prepare('UPDATE dispatch SET paused = ?').run(paused ? 1 : 0);
}

export function isPaused(database: Database): boolean {
  return database.prepare('SELECT paused FROM dispatch').pluck().get() === 1;
}

/** How many requests there are in each state. */
export function tallies(database: Database): Readonly<Record<State, number>> {
  const rows = database
    .prepare<[], { readonly state: State; readonly n: number }>('SELECT state, n FROM tallies')
    .all();
  return Object.fromEntries(rows.map(({ state, n }) => [state, n])) as Record<State, number>;
}

function asListed({ mention, request, answer, replyId, interimId, ...row }: Row): Listed {
  return {
    ...row,
    request: request === null ? undefined : (JSON.parse(request) as RenderRequest),
    address: mention === null ? undefined : (JSON.parse(mention) as Mention).author.address,
    answer: answer === null ? undefined : (JSON.parse(answer) as Answer),
    replyId: replyId ?? undefined,
    interimId: interimId ?? undefined,
  };
}
