import type { Database } from 'better-sqlite3';
import type { NextId } from './ids.js';
import { readPage, type Page } from './paging.js';

export type NotificationType = 'mention' | 'favourite';

/** A notification as it lies in the database. */
export interface NotificationRow {
  readonly id: string;
  readonly accountId: string;
  readonly type: NotificationType;
  readonly fromAccountId: string;
  readonly statusId: string;
  readonly createdAt: string;
}

const columns = `id, account_id AS accountId, type, from_account_id AS fromAccountId, status_id AS statusId,
  created_at AS createdAt`;

/** What accounts are told: who mentioned them, and who liked what they posted. */
export class NotificationStore {
  readonly #database: Database;
  readonly #nextId: NextId;
  readonly #now: () => Date;

  constructor(database: Database, nextId: NextId, now: () => Date) {
    this.#database = database;
    this.#nextId = nextId;
    this.#now = now;
  }

  /** Notes what an account is to be told; undefined if it has been told the very same before. */
  add(event: Omit<NotificationRow, 'id' | 'createdAt'>): NotificationRow | undefined {
    return this.#database
      .prepare<[object], NotificationRow>(
        `INSERT INTO notifications (id, account_id, type, from_account_id, status_id, created_at)
         VALUES (@id, @accountId, @type, @fromAccountId, @statusId, @createdAt)
         ON CONFLICT DO NOTHING RETURNING ${columns}`,
      )
      .get({ ...event, id: this.#nextId(), createdAt: this.#now().toISOString() });
  }

  /** Takes back the news of a favourite that is none any more. */
  removeFavourite(statusId: string, fromAccountId: string): void {
    this.#database
      .prepare(
        "DELETE FROM notifications WHERE status_id = ? AND from_account_id = ? AND type = 'favourite'",
      )
      .run(statusId, fromAccountId);
  }

  find(id: string, accountId: string): NotificationRow | undefined {
    return this.#database
      .prepare<[string, string], NotificationRow>(
        `SELECT ${columns} FROM notifications WHERE id = ? AND account_id = ?`,
      )
      .get(id, accountId);
  }

  list(
    accountId: string,
    page: Page,
    isWanted: (type: NotificationType) => boolean,
  ): readonly NotificationRow[] {
    const types: readonly NotificationType[] = ['mention', 'favourite'];
    const wanted = JSON.stringify(types.filter(isWanted));
    return readPage(page, (order, bounds) =>
      this.#database
        .prepare<[object], NotificationRow>(
          `SELECT ${columns} FROM notifications
           WHERE account_id = @accountId AND type IN (SELECT value FROM json_each(@wanted))
             AND id > @above AND id < @below ORDER BY id ${order} LIMIT @limit`,
        )
        .all({ ...bounds, accountId, wanted }),
    );
  }
}
