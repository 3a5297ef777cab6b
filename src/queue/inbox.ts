import type { Mention } from '../platforms/port.js';
import type { Sql } from './sql.js';

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
export async function keepLetter(sql: Sql, platform: string, mention: Mention): Promise<boolean> {
  const insert = `INSERT INTO inbox (platform, mention_id, person, mention)
    VALUES (@platform, @mentionId, @person, @mention) ON CONFLICT DO NOTHING`;
  const { id: mentionId, author } = mention;
  const values = { platform, mentionId, person: author.id, mention: JSON.stringify(mention) };
  return (await sql.run(insert, values)) === 1;
}

/** Whether a person has something here: what comes after it must wait, too, to stay in order. */
export async function hasLetters(sql: Sql, platform: string, person: string): Promise<boolean> {
  const look = 'SELECT 1 FROM inbox WHERE platform = @platform AND person = @person LIMIT 1';
  return (await sql.get(look, { platform, person })) !== undefined;
}

/** The first one of an account whose time has come, and that no earlier one of the same person has to go before. */
export async function nextLetter(
  sql: Sql,
  platform: string,
  now: number,
): Promise<Letter | undefined> {
  const row = await sql.get<{ readonly mention: string; readonly failures: number }>(
    `SELECT mention, failures FROM inbox AS letter
     WHERE platform = @platform AND not_before <= @now
       AND NOT EXISTS (SELECT 1 FROM inbox AS earlier
                       WHERE earlier.platform = letter.platform AND earlier.person = letter.person
                         AND earlier.id < letter.id)
     ORDER BY id LIMIT 1`,
    { platform, now },
  );
  return row && { mention: JSON.parse(row.mention) as Mention, failures: row.failures };
}

/** What a mention replies to could not be looked at: it is to be tried again. */
export async function putLetterOff(
  sql: Sql,
  platform: string,
  mentionId: string,
  notBefore: number,
): Promise<void> {
  await sql.run(
    `UPDATE inbox SET failures = failures + 1, not_before = @notBefore
     WHERE platform = @platform AND mention_id = @mentionId`,
    { notBefore, platform, mentionId },
  );
}

/** A mention has been understood, or is gone. Tells whether it was here. */
export async function dropLetter(sql: Sql, platform: string, mentionId: string): Promise<boolean> {
  const remove = 'DELETE FROM inbox WHERE platform = @platform AND mention_id = @mentionId';
  return (await sql.run(remove, { platform, mentionId })) === 1;
}
