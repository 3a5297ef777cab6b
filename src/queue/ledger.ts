import type { Database } from 'better-sqlite3';
import type { Cursor, Mention, OwnReply } from '../platforms/port.js';
import type { Attempt, Ledger, OwnPost } from '../platforms/x/ledger.js';

interface PostRow {
  readonly id: string;
  readonly text: string;
  readonly hasPicture: 0 | 1;
}

/** So many days of reads are kept, for the operator to see. */
const DAYS = 31;

/** An account's ledger in the queue's database. */
export class QueueLedger implements Ledger {
  constructor(
    private readonly database: Database,
    private readonly platform: string,
    private readonly cursor: Cursor,
    private readonly now: () => number = Date.now,
  ) {}

  position(): string | undefined {
    return this.cursor.get();
  }

  keep(mentions: readonly Mention[], position: string): void {
    const insert = this.database.prepare(
      'INSERT INTO untold VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#at(() => {
      for (const mention of mentions)
        insert.run(this.platform, mention.id, JSON.stringify(mention));
      this.cursor.set(position);
    });
  }

  untold(): readonly Mention[] {
    // Ids are numbers of 64 bits, and so sort by their length first.
    return this.database
      .prepare<[string], string>(
        'SELECT mention FROM untold WHERE platform = ? ORDER BY length(mention_id), mention_id',
      )
      .pluck()
      .all(this.platform)
      .map((mention) => JSON.parse(mention) as Mention);
  }

  told(mentionId: string): void {
    this.database
      .prepare('DELETE FROM untold WHERE platform = ? AND mention_id = ?')
      .run(this.platform, mentionId);
  }

  begin(mentionId: string): Attempt {
    return this.#at(() => {
      // What we post now has a larger id than what we have posted, and than what it replies to.
      const newest = this.database
        .prepare<[string], string>(
          'SELECT post_id FROM own_posts WHERE platform = ? ORDER BY length(post_id) DESC, post_id DESC LIMIT 1',
        )
        .pluck()
        .get(this.platform);
      const isNewer =
        newest !== undefined &&
        (newest.length - mentionId.length || (newest > mentionId ? 1 : -1)) > 0;
      const attempt = { mentionId, at: this.now(), after: isNewer ? newest : mentionId };
      const { lastInsertRowid } = this.database
        .prepare(
          'INSERT INTO attempts (platform, mention_id, at, after) VALUES (@platform, @mentionId, @at, @after)',
        )
        .run({ ...attempt, platform: this.platform });
      return { ...attempt, key: Number(lastInsertRowid) };
    });
  }

  unsettled(): readonly Attempt[] {
    return this.database
      .prepare<[string], Attempt>(
        'SELECT key, mention_id AS mentionId, at, after FROM attempts WHERE platform = ? ORDER BY key',
      )
      .all(this.platform);
  }

  settle(attempt: Attempt, post?: OwnReply): void {
    this.found(post ? [{ ...post, mentionId: attempt.mentionId }] : [], [attempt]);
  }

  found(posts: readonly OwnPost[], attempts: readonly Attempt[]): void {
    const insert = this.database.prepare(
      'INSERT INTO own_posts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    const remove = this.database.prepare('DELETE FROM attempts WHERE key = ?');
    this.#at(() => {
      for (const { id, mentionId, text, hasPicture } of posts)
        insert.run(this.platform, id, mentionId, text, hasPicture ? 1 : 0);
      for (const { key } of attempts) remove.run(key);
    });
  }

  postsUnder(mentionId: string): readonly OwnReply[] {
    return this.database
      .prepare<[string, string], PostRow>(
        `SELECT post_id AS id, text, has_picture AS hasPicture FROM own_posts
         WHERE platform = ? AND mention_id = ? ORDER BY length(post_id), post_id`,
      )
      .all(this.platform, mentionId)
      .map(({ hasPicture, ...post }) => ({ ...post, hasPicture: hasPicture === 1 }));
  }

  removed(postId: string): void {
    this.database
      .prepare('DELETE FROM own_posts WHERE platform = ? AND post_id = ?')
      .run(this.platform, postId);
  }

  spent(day: string): number {
    return (
      this.database
        .prepare<[string, string], number>('SELECT n FROM reads WHERE platform = ? AND day = ?')
        .pluck()
        .get(this.platform, day) ?? 0
    );
  }

  spend(day: string, reads: number, limit: number): boolean {
    return this.#at(() => {
      if (this.spent(day) + reads > limit) return false;
      this.database
        .prepare('INSERT INTO reads VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n')
        .run(this.platform, day, reads);
      this.database
        .prepare('DELETE FROM reads WHERE platform = ? AND day < date(?, ?)')
        .run(this.platform, day, `-${DAYS} days`);
      return true;
    });
  }

  giveBack(day: string, reads: number): void {
    this.database
      .prepare('UPDATE reads SET n = max(0, n - ?) WHERE platform = ? AND day = ?')
      .run(reads, this.platform, day);
  }

  /** Immediate: the write lock comes before the first look, or another process might write in between. */
  #at<T>(act: () => T): T {
    return this.database.transaction(act).immediate();
  }
}

/** Who has read how much on a day. */
export function readsOn(
  database: Database,
  day: string,
): readonly { readonly platform: string; readonly reads: number }[] {
  return database
    .prepare<[string], { readonly platform: string; readonly reads: number }>(
      'SELECT platform, n AS reads FROM reads WHERE day = ? ORDER BY platform',
    )
    .all(day);
}
