import type { Database } from 'better-sqlite3';
import { readPage, type Page } from './paging.js';

export type Visibility = 'public' | 'unlisted' | 'private' | 'direct';

/** A status as it lies in the database. */
export interface StatusRow {
  readonly id: string;
  readonly accountId: string;
  readonly applicationId: string | null;
  readonly inReplyToId: string | null;
  readonly inReplyToAccountId: string | null;
  readonly text: string;
  readonly spoilerText: string;
  readonly visibility: Visibility;
  readonly sensitive: 0 | 1;
  readonly language: string | null;
  readonly createdAt: string;
  readonly editedAt: string | null;
}

/** Who is mentioned in a status, and by which handle as it was written (in lower case). */
export interface MentionRow {
  readonly handle: string;
  readonly accountId: string;
}

const columns = `statuses.id, statuses.account_id AS accountId, application_id AS applicationId,
  in_reply_to_id AS inReplyToId, in_reply_to_account_id AS inReplyToAccountId, text,
  spoiler_text AS spoilerText, visibility, sensitive, language, statuses.created_at AS createdAt,
  edited_at AS editedAt`;

/** Holds for the statuses that @viewer may see. Nobody follows anybody here, so private means mentioned, too. */
const visible = `(visibility IN ('public', 'unlisted') OR statuses.account_id = @viewer OR EXISTS
  (SELECT 1 FROM mentions WHERE mentions.status_id = statuses.id AND mentions.account_id = @viewer))`;

/** Mastodon keeps conversations off the public timeline: only what is said to nobody else, or to oneself, is there. */
const startsThread =
  '(in_reply_to_account_id IS NULL OR in_reply_to_account_id = statuses.account_id)';

/** So long a thread is shown; Mastodon's number. */
const threadLimit = 4096;

/** Statuses with their mentions and favourites. `viewer` is the id of whoever looks; null is somebody signed out. */
export class StatusStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(status: StatusRow, mentions: readonly MentionRow[]): void {
    this.#database.transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO statuses (id, account_id, application_id, in_reply_to_id, in_reply_to_account_id, text,
             spoiler_text, visibility, sensitive, language, created_at)
           VALUES (@id, @accountId, @applicationId, @inReplyToId, @inReplyToAccountId, @text,
             @spoilerText, @visibility, @sensitive, @language, @createdAt)`,
        )
        .run(status);
      this.#insertMentions(status.id, mentions);
    })();
  }

  /** Changes what a status says. */
  update(status: StatusRow, mentions: readonly MentionRow[]): void {
    this.#database.transaction(() => {
      this.#database
        .prepare(
          `UPDATE statuses SET text = @text, spoiler_text = @spoilerText, sensitive = @sensitive,
             language = @language, edited_at = @editedAt
           WHERE id = @id`,
        )
        .run(status);
      this.#database.prepare('DELETE FROM mentions WHERE status_id = ?').run(status.id);
      this.#insertMentions(status.id, mentions);
    })();
  }

  #insertMentions(statusId: string, mentions: readonly MentionRow[]): void {
    const insert = this.#database.prepare(
      'INSERT INTO mentions (status_id, handle, account_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const { handle, accountId } of mentions) insert.run(statusId, handle, accountId);
  }

  delete(id: string): void {
    this.#database.prepare('DELETE FROM statuses WHERE id = ?').run(id);
  }

  find(id: string, viewer: string | null): StatusRow | undefined {
    return this.#database
      .prepare<[object], StatusRow>(`SELECT ${columns} FROM statuses WHERE id = @id AND ${visible}`)
      .get({ id, viewer });
  }

  /** What a status answers, from the start of its thread down to the status before it. */
  ancestors(id: string, viewer: string | null): readonly StatusRow[] {
    return this.#database
      .prepare<[object], StatusRow>(
        `WITH RECURSIVE line (id, parent, depth) AS (
           SELECT id, in_reply_to_id, 0 FROM statuses WHERE id = @id
           UNION ALL
           SELECT statuses.id, in_reply_to_id, depth + 1 FROM statuses JOIN line ON statuses.id = line.parent
           LIMIT ${threadLimit}
         )
         SELECT ${columns} FROM statuses JOIN line ON line.id = statuses.id
         WHERE depth > 0 AND ${visible} ORDER BY depth DESC`,
      )
      .all({ id, viewer });
  }

  /** All answers to a status and answers to those, depth first, siblings in the order in which they were posted. */
  descendants(id: string, viewer: string | null): readonly StatusRow[] {
    return this.#database
      .prepare<[object], StatusRow>(
        // All ids have one length, so the path of ids from the top sorts depth first.
        `WITH RECURSIVE tree (id, path) AS (
           SELECT id, '' FROM statuses WHERE id = @id
           UNION ALL
           SELECT statuses.id, path || statuses.id FROM statuses JOIN tree ON in_reply_to_id = tree.id
           LIMIT ${threadLimit}
         )
         SELECT ${columns} FROM statuses JOIN tree ON tree.id = statuses.id
         WHERE path <> '' AND ${visible} ORDER BY path`,
      )
      .all({ id, viewer });
  }

  publicTimeline(page: Page): readonly StatusRow[] {
    return readPage(page, (order, bounds) =>
      this.#database
        .prepare<[object], StatusRow>(
          `SELECT ${columns} FROM statuses WHERE visibility = 'public' AND ${startsThread}
             AND id > @above AND id < @below ORDER BY id ${order} LIMIT @limit`,
        )
        .all(bounds),
    );
  }

  byAccount(
    accountId: string,
    viewer: string | null,
    page: Page,
    only: { readonly media: boolean; readonly threadStarts: boolean },
  ): readonly StatusRow[] {
    const filters = [
      only.media
        ? 'AND EXISTS (SELECT 1 FROM media_attachments WHERE status_id = statuses.id)'
        : '',
      only.threadStarts ? `AND ${startsThread}` : '',
    ];
    return readPage(page, (order, bounds) =>
      this.#database
        .prepare<[object], StatusRow>(
          `SELECT ${columns} FROM statuses WHERE statuses.account_id = @accountId AND ${visible}
             ${filters.join(' ')} AND id > @above AND id < @below ORDER BY id ${order} LIMIT @limit`,
        )
        .all({ ...bounds, accountId, viewer }),
    );
  }

  mentions(id: string): readonly MentionRow[] {
    return this.#database
      .prepare<[string], MentionRow>(
        'SELECT handle, account_id AS accountId FROM mentions WHERE status_id = ? ORDER BY rowid',
      )
      .all(id);
  }

  /** Marks a status as somebody's favourite, or no longer; false if it already was so. */
  setFavourite(id: string, accountId: string, favourite: boolean): boolean {
    const sql = favourite
      ? 'INSERT INTO favourites (status_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING'
      : 'DELETE FROM favourites WHERE status_id = ? AND account_id = ?';
    return this.#database.prepare(sql).run(id, accountId).changes > 0;
  }

  /** The numbers shown under a status. */
  counts(id: string, viewer: string | null) {
    return this.#database
      .prepare<[object], { replies: number; favourites: number; favourited: 0 | 1 }>(
        `SELECT (SELECT count(*) FROM statuses WHERE in_reply_to_id = @id) AS replies,
           (SELECT count(*) FROM favourites WHERE status_id = @id) AS favourites,
           EXISTS (SELECT 1 FROM favourites WHERE status_id = @id AND account_id = @viewer) AS favourited`,
      )
      .get({ id, viewer });
  }

  /** How much an account has posted for all to see, and when last. */
  activity(accountId: string) {
    return this.#database
      .prepare<[string], { count: number; last: string | null }>(
        `SELECT count(*) AS count, max(created_at) AS last FROM statuses
         WHERE account_id = ? AND visibility IN ('public', 'unlisted')`,
      )
      .get(accountId);
  }

  /** How many accounts and statuses there are. */
  totals() {
    const totals = this.#database
      .prepare<[], { user_count: number; status_count: number }>(
        `SELECT (SELECT count(*) FROM accounts) AS user_count,
           (SELECT count(*) FROM statuses) AS status_count`,
      )
      .get();
    return totals ?? { user_count: 0, status_count: 0 };
  }
}
