import type { Cursor, Mention, OwnReply } from '../platforms/port.js';
import type { Attempt, Ledger, OwnPost } from '../platforms/x/ledger.js';
import type { Database, Sql } from './sql.js';

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
    private readonly now: () => number = Date.now,
  ) {}

  get isShared(): boolean {
    return this.database.news !== undefined;
  }

  position(): Promise<string | undefined> {
    return cursorIn(this.database, this.platform).get();
  }

  keep(mentions: readonly Mention[], position: string): Promise<void> {
    return this.database.transaction(async (sql) => {
      for (const mention of mentions)
        await sql.run(
          'INSERT INTO untold VALUES (@platform, @id, @mention) ON CONFLICT DO NOTHING',
          { platform: this.platform, id: mention.id, mention: JSON.stringify(mention) },
        );
      await cursorIn(sql, this.platform).set(position);
    });
  }

  async untold(): Promise<readonly Mention[]> {
    // Ids are numbers of 64 bits, and so sort by their length first.
    const rows = await this.database.all<{ readonly mention: string }>(
      'SELECT mention FROM untold WHERE platform = @platform ORDER BY length(mention_id), mention_id',
      { platform: this.platform },
    );
    return rows.map(({ mention }) => JSON.parse(mention) as Mention);
  }

  async told(mentionId: string): Promise<void> {
    await this.database.run(
      'DELETE FROM untold WHERE platform = @platform AND mention_id = @mentionId',
      { platform: this.platform, mentionId },
    );
  }

  begin(mentionId: string): Promise<Attempt> {
    const { platform } = this;
    return this.database.transaction(
      async (sql) => {
        // What we post now has a larger id than what we have posted, and than what it replies to.
        const own = await sql.get<{ readonly id: string }>(
          `SELECT post_id AS id FROM own_posts WHERE platform = @platform
           ORDER BY length(post_id) DESC, post_id DESC LIMIT 1`,
          { platform },
        );
        const newest = own?.id;
        const isNewer =
          newest !== undefined &&
          (newest.length - mentionId.length || (newest > mentionId ? 1 : -1)) > 0;
        const attempt = { mentionId, at: this.now(), after: isNewer ? newest : mentionId };
        const written = await sql.get<{ readonly key: number }>(
          `INSERT INTO attempts (platform, mention_id, at, after)
           VALUES (@platform, @mentionId, @at, @after) RETURNING key`,
          { ...attempt, platform },
        );
        if (written === undefined) throw new Error('an attempt without a key');
        return { ...attempt, key: written.key };
      },
      { alone: true },
    );
  }

  unsettled(): Promise<readonly Attempt[]> {
    return this.database.all<Attempt>(
      'SELECT key, mention_id AS "mentionId", at, after FROM attempts WHERE platform = @platform ORDER BY key',
      { platform: this.platform },
    );
  }

  settle(attempt: Attempt, post?: OwnReply): Promise<void> {
    return this.found(post ? [{ ...post, mentionId: attempt.mentionId }] : [], [attempt]);
  }

  found(posts: readonly OwnPost[], attempts: readonly Attempt[]): Promise<void> {
    const { platform } = this;
    return this.database.transaction(async (sql) => {
      for (const { id, mentionId, text, hasPicture } of posts)
        await sql.run(
          `INSERT INTO own_posts VALUES (@platform, @id, @mentionId, @text, @hasPicture)
           ON CONFLICT DO NOTHING`,
          { platform, id, mentionId, text, hasPicture: hasPicture ? 1 : 0 },
        );
      for (const { key } of attempts)
        await sql.run('DELETE FROM attempts WHERE key = @key', { key });
    });
  }

  async postsUnder(mentionId: string): Promise<readonly OwnReply[]> {
    const rows = await this.database.all<PostRow>(
      `SELECT post_id AS id, text, has_picture AS "hasPicture" FROM own_posts
       WHERE platform = @platform AND mention_id = @mentionId ORDER BY length(post_id), post_id`,
      { platform: this.platform, mentionId },
    );
    return rows.map(({ hasPicture, ...post }) => ({ ...post, hasPicture: hasPicture === 1 }));
  }

  async removed(postId: string): Promise<void> {
    await this.database.run(
      'DELETE FROM own_posts WHERE platform = @platform AND post_id = @postId',
      { platform: this.platform, postId },
    );
  }

  spent(day: string): Promise<number> {
    return spentIn(this.database, this.platform, day);
  }

  spend(day: string, reads: number, limit: number): Promise<boolean> {
    const { platform } = this;
    return this.database.transaction(
      async (sql) => {
        if ((await spentIn(sql, platform, day)) + reads > limit) return false;
        await sql.run(
          `INSERT INTO reads VALUES (@platform, @day, @reads)
           ON CONFLICT (platform, day) DO UPDATE SET n = reads.n + excluded.n`,
          { platform, day, reads },
        );
        const oldest = new Date(Date.parse(day) - DAYS * 86_400_000).toISOString().slice(0, 10);
        await sql.run('DELETE FROM reads WHERE platform = @platform AND day < @oldest', {
          platform,
          oldest,
        });
        return true;
      },
      { alone: true },
    );
  }

  async giveBack(day: string, reads: number): Promise<void> {
    await this.database.run(
      `UPDATE reads SET n = CASE WHEN n > @reads THEN n - @reads ELSE 0 END
       WHERE platform = @platform AND day = @day`,
      { platform: this.platform, day, reads },
    );
  }
}

/** Where an account's reading of its notifications is remembered. */
export function cursorIn(sql: Sql, platform: string): Cursor {
  return {
    get: async () => {
      const row = await sql.get<{ readonly position: string }>(
        'SELECT position FROM cursors WHERE platform = @platform',
        { platform },
      );
      return row?.position;
    },
    set: async (position) => {
      await sql.run(
        `INSERT INTO cursors VALUES (@platform, @position)
         ON CONFLICT (platform) DO UPDATE SET position = excluded.position`,
        { platform, position },
      );
    },
  };
}

async function spentIn(sql: Sql, platform: string, day: string): Promise<number> {
  const row = await sql.get<{ readonly n: number }>(
    'SELECT n FROM reads WHERE platform = @platform AND day = @day',
    { platform, day },
  );
  return row?.n ?? 0;
}

/** Who has read how much on a day. */
export function readsOn(
  sql: Sql,
  day: string,
): Promise<readonly { readonly platform: string; readonly reads: number }[]> {
  return sql.all<{ readonly platform: string; readonly reads: number }>(
    'SELECT platform, n AS reads FROM reads WHERE day = @day ORDER BY platform',
    { day },
  );
}
