import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';

/*
 * Mentions that cannot be understood by themselves: the post that they reply to must be looked at first, which takes
 * its time and may fail. Until then they are kept here.
 */

/** A mention whose turn it is to be understood. */
export interface Letter {
  readonly mention: Mention;
  /** How often that has failed. */
  readonly failures: number;
}

/** Keeps a mention; one that is there already is left alone. Tells whether it was new. */
export function keepLetter(database: Database, platform: string, mention: Mention): boolean {
  const sql = `INSERT INTO inbox (platform, mention_id, person, mention) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING`;
  const values = [platform, mention.id, mention.author.id, JSON.stringify(mention)];
  return database.prepare(sql).run(...values).changes === 1;
}

/** Whether a person has something here: what comes after it must wait, too, to stay in order. */
export function hasLetters(database: Database, platform: string, person: string): boolean {
  const sql = 'SELECT 1 FROM inbox WHERE platform = ? AND person = ?';
  return database.prepare(sql).get(platform, person) !== undefined;
}

/** The first one of an account whose time has come, and that no earlier one of the same person has to go before. */
export function nextLetter(database: Database, platform: string, now: number): Letter | undefined {
  const row = database
    .prepare<[string, number], { readonly mention: string; readonly failures: number }>(
      `SELECT mention, failures FROM inbox AS letter
       WHERE platform = ? AND not_before <= ?
         AND NOT EXISTS (SELECT 1 FROM inbox AS earlier
                         WHERE earlier.platform = letter.platform AND earlier.person = letter.person
                           AND earlier.id < letter.id)
       ORDER BY id LIMIT 1`,
    )
    .get(platform, now);
  return row && { mention: JSON.parse(row.mention) as Mention, failures: row.failures };
}

/** What a mention replies to could not be looked at: it is to be tried again. */
export function putLetterOff(
  database: Database,
  platform: string,
  mentionId: string,
  notBefore: number,
): void {
  database
    .prepare(
      'UPDATE inbox SET failures = failures + 1, not_before = ? WHERE platform = ? AND mention_id = ?',
    )
    .run(notBefore, platform, mentionId);
}

/** A mention has been understood, or is gone. Tells whether it was here. */
export function dropLetter(database: Database, platform: string, mentionId: string): boolean {
  const sql = 'DELETE FROM inbox WHERE platform = ? AND mention_id = ?';
  return database.prepare(sql).run(platform, mentionId).changes === 1;
}
