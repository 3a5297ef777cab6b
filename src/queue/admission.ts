import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { Refusal, RenderRequest } from '../requests/request.js';
import { tagsFor, virtualTimeOf, type Tags } from './fairness.js';
import type { Answer } from './states.js';

/**
 * What came of reading a mention: a request and what rendering it takes, in a unit that is the same for all requests;
 * or a refusal, which costs nothing.
 */
export type Outcome =
  { readonly request: RenderRequest; readonly cost: number } | { readonly refusal: Refusal };

interface Admission {
  readonly platform: string;
  readonly mention: Mention;
  readonly outcome: Outcome;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Writes a mention into the queue, with its place in the fair order; false if it is there already. */
export function admit(database: Database, { platform, mention, outcome, now }: Admission): boolean {
  const person = mention.author.id;
  const paints = 'request' in outcome;
  const cost = paints ? outcome.cost : 0;
  const answer: Answer | null = paints ? null : { type: 'refused', refusal: outcome.refusal };

  const admission = database.transaction(() => {
    const known = database
      .prepare('SELECT 1 FROM requests WHERE platform = ? AND mention_id = ?')
      .get(platform, mention.id);
    if (known !== undefined) return false;
    database
      .prepare('INSERT INTO people (platform, person) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(platform, person);
    const tags = takeTags(database, platform, person, cost);
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
        answer: answer && JSON.stringify(answer),
        ...tags,
        cost,
        now,
      });
    return true;
  });
  // Immediate: the write lock comes before the first look, or another process might write in between.
  return admission.immediate();
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
              EXISTS (SELECT 1 FROM requests WHERE state IN ('queued', 'rendering')) AS busy
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
