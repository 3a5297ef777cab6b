import { domainToASCII } from 'node:url';
import type { Database } from 'better-sqlite3';

/*
 * Who is not answered. A pattern is an account's full address (ada@example.social) or a domain (example.social), which
 * stands for everybody there and on every subdomain.
 */

/** A pattern as it is kept: in lower case, without the @ that people put in front, and with its domain in ASCII. */
function normalized(pattern: string): string {
  const [domain = '', name] = pattern
    .trim()
    .replace(/^@/, '')
    .toLowerCase()
    .split('@')
    .toReversed();
  const ascii = domainToASCII(domain) || domain;
  return name === undefined ? ascii : `${name}@${ascii}`;
}

/**
 * Whether a pattern is one, and so can ever fit somebody: a bare name, as in ada, fits nobody, and neither does *.example;
 * a domain stands for what is below it anyway.
 */
export function isPattern(pattern: string): boolean {
  return /^@?([^@/\s]+@)?[^@/.:*\s]+(\.[^@/.:*\s]+)+$/.test(pattern.trim());
}

/** Blocks an account or a domain; tells whether it was not blocked before. */
export function block(database: Database, pattern: string, now: number): boolean {
  const sql = 'INSERT INTO blocks VALUES (?, ?) ON CONFLICT DO NOTHING';
  return database.prepare(sql).run(normalized(pattern), now).changes === 1;
}

/** Ends a block; tells whether there was one. */
export function unblock(database: Database, pattern: string): boolean {
  return (
    database.prepare('DELETE FROM blocks WHERE pattern = ?').run(normalized(pattern)).changes === 1
  );
}

export function blocked(database: Database): readonly string[] {
  return database.prepare<[], string>('SELECT pattern FROM blocks ORDER BY pattern').pluck().all();
}

/** @param address ada@example.social */
export function isBlocked(database: Database, address: string): boolean {
  return blocking(database, address).length > 0;
}

/** The patterns that block an address, or all addresses of a domain. */
export function blocking(database: Database, address: string): readonly string[] {
  const patterns = patternsFor(address);
  const marks = patterns.map(() => '?').join(', ');
  const sql = `SELECT pattern FROM blocks WHERE pattern IN (${marks})`;
  return database
    .prepare<unknown[], string>(sql)
    .pluck()
    .all(...patterns);
}

/** Every pattern that would block an address: itself, its domain, and the domains above that. */
function patternsFor(address: string): readonly string[] {
  const whole = normalized(address);
  const labels = whole.slice(whole.lastIndexOf('@') + 1).split('.');
  return [whole, ...labels.map((_, i) => labels.slice(i).join('.'))];
}
