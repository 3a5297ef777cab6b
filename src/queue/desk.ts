import type { Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import { listOf, type Sql } from './sql.js';
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

const COLUMNS = `id, platform, mention_id AS "mentionId", person, mention, request, state, attempts, answer,
  reply_id AS "replyId", interim_id AS "interimId", created_at AS "createdAt", changed_at AS "changedAt", not_before AS "notBefore"`;

const first = (which: string) =>
  `SELECT * FROM (SELECT * FROM requests WHERE ${which} ORDER BY start_tag, id LIMIT @limit) AS part`;

/**
 * What is pending, as a table: of three parts, each of which an index has, where all of it in one condition would be looked for
 * among everything that was ever asked. At least the first @limit.
 */
export const PENDING = `(${first("state IN ('queued', 'rendering')")}
  UNION ALL ${first("state = 'answering' AND deferred = 0")}
  UNION ALL ${first("state = 'answering' AND deferred = 1")}) AS pending`;

/** What is pending, in the order in which it will be painted, or what is in one state, newest first. */
export async function listed(
  sql: Sql,
  state: State | 'pending',
  limit: number,
): Promise<readonly Listed[]> {
  const [from, values] =
    state === 'pending'
      ? [`${PENDING} ORDER BY start_tag, id`, { limit }]
      : ['requests WHERE state = @state ORDER BY id DESC', { state, limit }];
  const rows = await sql.all<Row>(`SELECT ${COLUMNS} FROM ${from} LIMIT @limit`, values);
  return rows.map(asListed);
}

/** One request; undefined if there is none with this id. */
export async function shown(sql: Sql, id: number): Promise<Listed | undefined> {
  const row = await sql.get<Row>(`SELECT ${COLUMNS} FROM requests WHERE id = @id`, { id });
  return row && asListed(row);
}

/** The names of the pictures that some requests have been answered with, or will be. */
export async function paintedAmong(
  sql: Sql,
  ids: readonly RequestId[],
): Promise<ReadonlySet<string>> {
  const list = listOf('id', ids);
  const rows = await sql.all<{ readonly file: string }>(
    `SELECT answer ->> 'file' AS file FROM requests
     WHERE id IN (${list.sql}) AND answer ->> 'type' = 'painted'`,
    list.values,
  );
  return new Set(rows.map(({ file }) => file));
}

/** The request that a mention became; undefined if we do not know the mention. */
export async function requestFor(
  sql: Sql,
  platform: string,
  mentionId: string,
): Promise<RequestId | undefined> {
  const row = await sql.get<{ readonly id: RequestId }>(
    'SELECT id FROM requests WHERE platform = @platform AND mention_id = @mentionId',
    { platform, mentionId },
  );
  return row?.id;
}

/**
 * The person's own request that a post belongs to: the post is either their mention or our reply to it.
 */
export async function requestOf(
  sql: Sql,
  platform: string,
  person: string,
  postId: string,
): Promise<RequestId | undefined> {
  const by = (column: 'mention_id' | 'reply_id' | 'interim_id') =>
    `SELECT id FROM requests WHERE platform = @platform AND ${column} = @postId AND person = @person`;
  const row = await sql.get<{ readonly id: RequestId }>(
    [by('mention_id'), by('reply_id'), by('interim_id')].join(' UNION ALL '),
    { platform, person, postId },
  );
  return row?.id;
}

/** What was asked for, if it was something to paint, and by which mention. */
export interface Asked {
  readonly request: RenderRequest | undefined;
  readonly mention: Mention;
}

/** What a post of ours answers; 'forgotten' if it is ours, but no more is known of it; undefined if it is none. */
export async function askedBehind(
  sql: Sql,
  platform: string,
  postId: string,
): Promise<Asked | 'forgotten' | undefined> {
  const row = await sql.get<AskedRow>(
    `SELECT request, mention FROM requests WHERE platform = @platform AND reply_id = @postId
     UNION ALL
     SELECT request, mention FROM requests WHERE platform = @platform AND interim_id = @postId`,
    { platform, postId },
  );
  return row && (asked(row) ?? 'forgotten');
}

/** Who wrote a mention of us, and what it asked for unless that is forgotten; undefined if it is no mention of us. */
export async function askedIn(
  sql: Sql,
  platform: string,
  mentionId: string,
): Promise<{ readonly person: string; readonly asked: Asked | undefined } | undefined> {
  const row = await sql.get<AskedRow & { readonly person: string }>(
    'SELECT person, request, mention FROM requests WHERE platform = @platform AND mention_id = @mentionId',
    { platform, mentionId },
  );
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
export async function notePost(
  sql: Sql,
  id: RequestId,
  postId: string,
  which: 'reply_id' | 'interim_id',
): Promise<void> {
  await sql.run(`UPDATE requests SET ${which} = @postId WHERE id = @id`, { id, postId });
}

/** The mention that a request came from; undefined if it has been forgotten. */
export async function mentionBehind(sql: Sql, id: RequestId): Promise<Mention | undefined> {
  const row = await sql.get<{ readonly mention: string | null }>(
    'SELECT mention FROM requests WHERE id = @id',
    { id },
  );
  return typeof row?.mention === 'string' ? (JSON.parse(row.mention) as Mention) : undefined;
}

/**
 * Ends what is pending. Who is painting it at the moment stops within seconds. Tells whether there was something to end.
 */
export async function cancel(sql: Sql, id: number, now: number): Promise<boolean> {
  const end = `UPDATE requests SET state = 'cancelled', lease_token = NULL, lease_until = NULL, changed_at = @now
    WHERE id = @id AND state IN ('queued', 'rendering', 'answering')`;
  return (await sql.run(end, { id, now })) === 1;
}

/**
 * Tries again at once: what waits for another attempt waits no longer, what could not be answered is to be answered,
 * what was cancelled, or apologized for, goes back into the line. Tells whether there was something to try.
 */
export async function retry(sql: Sql, id: number, now: number): Promise<boolean> {
  const again = `UPDATE requests
    SET state = CASE WHEN state IN ('queued', 'answering') THEN state
                     WHEN answer IS NULL OR state = 'answered' THEN 'queued' ELSE 'answering' END,
        answer = CASE WHEN state = 'answered' THEN NULL ELSE answer END,
        attempts = 0, not_before = 0, deferred = 0, changed_at = @now
    WHERE id = @id AND mention IS NOT NULL AND lease_token IS NULL
      AND (state IN ('queued', 'answering', 'unanswerable', 'cancelled')
           OR state = 'answered' AND answer ->> 'type' = 'failed')`;
  return (await sql.run(again, { id, now })) === 1;
}

/** While paused, mentions come in and answers go out, but nothing is taken up for painting. */
export async function setPaused(sql: Sql, paused: boolean): Promise<void> {
  await sql.run('UPDATE dispatch SET paused = @paused', { paused: paused ? 1 : 0 });
}

export async function isPaused(sql: Sql): Promise<boolean> {
  const row = await sql.get<{ readonly paused: 0 | 1 }>('SELECT paused FROM dispatch');
  return row?.paused === 1;
}

/** How many requests there are in each state. */
export async function tallies(sql: Sql): Promise<Readonly<Record<State, number>>> {
  const rows = await sql.all<{ readonly state: State; readonly n: number }>(
    'SELECT state, CAST(sum(n) AS BIGINT) AS n FROM tallies GROUP BY state ORDER BY state',
  );
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
