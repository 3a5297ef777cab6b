import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { Refusal, RenderRequest } from '../requests/request.js';
import { tagsFor, virtualTimeOf, type Tags } from './fairness.js';
import { cancelAll, standingOf } from './own.js';
import { noteGalleryWish } from './gallery.js';
import type { Person } from './person.js';
import { hasHeardEnough, quotaReached, type Quotas } from './quotas.js';
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
export function admit(database: Database, admission: Admission): Outcome | undefined {
  const { platform, mention, weight, quotas, now } = admission;
  const person = mention.author.id;
  const who = { platform, person };
  const withinQuotas = (): Outcome => {
    const { outcome } = admission;
    const reached = 'request' in outcome && quotaReached(database, quotas, who, now);
    const within = reached ? { refusal: reached } : outcome;
    const isWords = ['refusal', 'status', 'help'].some((key) => key in within);
    return isWords && hasHeardEnough(database, who, now) ? { talk: true } : within;
  };
  const write = database.transaction(() => {
    const known = database
      .prepare('SELECT 1 FROM requests WHERE platform = ? AND mention_id = ?')
      .get(platform, mention.id);
    if (known !== undefined) return undefined;
    const outcome = withinQuotas();
    database
      .prepare(
        `INSERT INTO people (platform, person, weight) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET weight = excluded.weight`,
      )
      .run(platform, person, weight);
    noteGalleryWish(database, who, mention.text);
    const paints = 'request' in outcome;
    const cost = paints ? outcome.cost : 0;
    database
      .prepare(
        `INSERT INTO requests (platform, mention_id, person, mention, request, state, answer, start_tag, finish_tag,
                               cost, created_at, changed_at)
         VALUES (@platform, @mentionId, @person, @mention, @request, @state, @answer, @start, @finish,
                 @cost, @now, @now)`,
      )
      .run({
        platform,
        mentionId: mention.id,
        person,
        mention: JSON.stringify(mention),
        request: paints ? JSON.stringify(outcome.request) : null,
        state: paints ? 'queued' : 'answering',
        answer: paints ? null : JSON.stringify(answerTo(outcome, database, who, now)),
        ...takeTags(database, platform, person, cost),
        cost,
        now,
      });
    return outcome;
  });
  // Immediate: the write lock comes before the first look, or another process might write in between.
  return write.immediate();
}

/** What there is to say to something that is not painted; cancels what is to be cancelled. */
function answerTo(
  outcome: Exclude<Outcome, { readonly request: RenderRequest }>,
  database: Database,
  who: Person,
  now: number,
): Answer {
  if ('refusal' in outcome) return { type: 'refused', refusal: outcome.refusal };
  if ('removal' in outcome) return { type: 'removal', postId: outcome.removal };
  if ('status' in outcome) return { type: 'status', ...standingOf(database, who, now) };
  if ('help' in outcome) return { type: 'help', ...outcome.help };
  if ('cancel' in outcome) {
    const count = cancelAll(database, who, outcome.cancel, now);
    // It is done for somebody who has heard enough, too.
    if (!hasHeardEnough(database, who, now)) return { type: 'cancelled', count };
  }
  return { type: 'silence' };
}

interface TagRow {
  readonly weight: number;
  readonly lastFinish: number;
  readonly lastStart: number;
  readonly maxFinish: number;
  readonly busy: 0 | 1;
}

/** Gives a person's next request its tags and remembers them. */
function takeTags(database: Database, platform: string, person: string, cost: number): Tags {
  const row = database
    .prepare<[string, string], TagRow>(
      `SELECT weight, finish_tag AS lastFinish, last_start AS lastStart,
              (SELECT max(finish_tag) FROM people) AS maxFinish,
              (SELECT sum(n) FROM tallies WHERE state IN ('queued', 'rendering')) > 0 AS busy
       FROM people, dispatch WHERE platform = ? AND person = ?`,
    )
    .get(platform, person);
  if (row === undefined) throw new Error('a person without a row');
  const virtualTime = virtualTimeOf({ ...row, busy: row.busy === 1 });
  const tags = tagsFor(virtualTime, row.lastFinish, cost, row.weight);
  database
    .prepare('UPDATE people SET finish_tag = ? WHERE platform = ? AND person = ?')
    .run(tags.finish, platform, person);
  // After an idle time virtual time has leapt, and so it must stand for whoever comes before the next dispatch.
  database.prepare('UPDATE dispatch SET last_start = ?').run(virtualTime);
  return tags;
}
