import type { Mention } from '../platforms/port.js';
import type { Refusal, RenderRequest } from '../requests/request.js';
import { tagsFor, virtualTimeOf, type Tags } from './fairness.js';
import { cancelAll, standingOf } from './own.js';
import { noteGalleryWish } from './gallery.js';
import type { Person } from './person.js';
import { hasHeardEnough, quotaReached, type Quotas } from './quotas.js';
import type { Database, Sql } from './sql.js';
import type { Answer, HelpWanted } from './states.js';

/**
 * What came of reading a mention: a request and what rendering it takes, in a unit that is the same for all requests;
 * or something that costs nothing: a refusal, a wish or a question, or talk that wants no answer.
 */
export type Outcome =
  | { readonly request: RenderRequest; readonly cost: number }
  | { readonly refusal: Refusal }
  | { readonly removal: string }
  /** What is pending is to be ended: what belongs to a post, or all of it. */
  | { readonly cancel: string | undefined }
  | { readonly status: true }
  | { readonly help: HelpWanted }
  | { readonly talk: true };

interface Admission {
  readonly platform: string;
  readonly mention: Mention;
  readonly outcome: Outcome;
  /** The person's share, relative to others'. */
  readonly weight: number;
  readonly quotas: Quotas;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Writes a mention into the queue, with its place in the fair order, or as refused if it exceeds a quota. Tells what
 * was written; undefined if the mention is there already.
 */
export function admit(database: Database, admission: Admission): Promise<Outcome | undefined> {
  const { platform, mention, weight, quotas, now } = admission;
  const person = mention.author.id;
  const who = { platform, person };
  const withinQuotas = async (sql: Sql): Promise<Outcome> => {
    const { outcome } = admission;
    const reached = 'request' in outcome && (await quotaReached(sql, quotas, who, now));
    const within = reached ? { refusal: reached } : outcome;
    const isWords = ['refusal', 'status', 'help'].some((key) => key in within);
    return isWords && (await hasHeardEnough(sql, who, now)) ? { talk: true } : within;
  };
  const write = async (sql: Sql) => {
    const known = await sql.get(
      'SELECT 1 FROM requests WHERE platform = @platform AND mention_id = @mentionId',
      { platform, mentionId: mention.id },
    );
    if (known !== undefined) return undefined;
    const outcome = await withinQuotas(sql);
    await sql.run(
      `INSERT INTO people (platform, person, weight) VALUES (@platform, @person, @weight)
       ON CONFLICT (platform, person) DO UPDATE SET weight = excluded.weight`,
      { platform, person, weight },
    );
    await noteGalleryWish(sql, who, mention.text);
    const paints = 'request' in outcome;
    const cost = paints ? outcome.cost : 0;
    const answer = paints ? null : JSON.stringify(await answerTo(outcome, sql, who, now));
    await sql.run(
      `INSERT INTO requests (platform, mention_id, person, mention, request, state, answer, start_tag, finish_tag,
                             cost, created_at, changed_at)
       VALUES (@platform, @mentionId, @person, @mention, @request, @state, @answer, @start, @finish,
               @cost, @now, @now)`,
      {
        platform,
        mentionId: mention.id,
        person,
        mention: JSON.stringify(mention),
        request: paints ? JSON.stringify(outcome.request) : null,
        state: paints ? 'queued' : 'answering',
        answer,
        ...(await takeTags(sql, platform, person, cost)),
        cost,
        now,
      },
    );
    return outcome;
  };
  return database.transaction(write, { alone: true });
}

/** What there is to say to something that is not painted; cancels what is to be cancelled. */
async function answerTo(
  outcome: Exclude<Outcome, { readonly request: RenderRequest }>,
  sql: Sql,
  who: Person,
  now: number,
): Promise<Answer> {
  if ('refusal' in outcome) return { type: 'refused', refusal: outcome.refusal };
  if ('removal' in outcome) return { type: 'removal', postId: outcome.removal };
  if ('status' in outcome) return { type: 'status', ...(await standingOf(sql, who, now)) };
  if ('help' in outcome) return { type: 'help', ...outcome.help };
  if ('cancel' in outcome) {
    const count = await cancelAll(sql, who, outcome.cancel, now);
    // It is done for somebody who has heard enough, too.
    if (!(await hasHeardEnough(sql, who, now))) return { type: 'cancelled', count };
  }
  return { type: 'silence' };
}

interface TagRow {
  readonly weight: number;
  readonly lastFinish: number;
  readonly lastStart: number;
  readonly maxFinish: number;
  readonly waiting: number;
}

/** Gives a person's next request its tags and remembers them. */
async function takeTags(sql: Sql, platform: string, person: string, cost: number): Promise<Tags> {
  const row = await sql.get<TagRow>(
    `SELECT weight, finish_tag AS "lastFinish", last_start AS "lastStart",
            (SELECT max(finish_tag) FROM people) AS "maxFinish",
            (SELECT CAST(sum(n) AS BIGINT) FROM tallies WHERE state IN ('queued', 'rendering')) AS waiting
     FROM people, dispatch WHERE platform = @platform AND person = @person`,
    { platform, person },
  );
  if (row === undefined) throw new Error('a person without a row');
  const virtualTime = virtualTimeOf({ ...row, busy: row.waiting > 0 });
  const tags = tagsFor(virtualTime, row.lastFinish, cost, row.weight);
  await sql.run(
    'UPDATE people SET finish_tag = @finish WHERE platform = @platform AND person = @person',
    { finish: tags.finish, platform, person },
  );
  // After an idle time virtual time has leapt, and so it must stand for whoever comes before the next dispatch.
  await sql.run('UPDATE dispatch SET last_start = @virtualTime WHERE last_start < @virtualTime', {
    virtualTime,
  });
  return tags;
}
