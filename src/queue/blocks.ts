import { domainToASCII } from 'node:url';
import { listOf, type Sql } from './sql.js';

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
export async function block(sql: Sql, pattern: string, now: number): Promise<boolean> {
  const insert = 'INSERT INTO blocks VALUES (@pattern, @now) ON CONFLICT DO NOTHING';
  return (await sql.run(insert, { pattern: normalized(pattern), now })) === 1;
}

/** Ends a block; tells whether there was one. */
export async function unblock(sql: Sql, pattern: string): Promise<boolean> {
  const remove = 'DELETE FROM blocks WHERE pattern = @pattern';
  return (await sql.run(remove, { pattern: normalized(pattern) })) === 1;
}

export async function blocked(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.all<{ readonly pattern: string }>(
    'SELECT pattern FROM blocks ORDER BY pattern',
  );
  return rows.map(({ pattern }) => pattern);
}

/** @param address ada@example.social */
export async function isBlocked(sql: Sql, address: string): Promise<boolean> {
  return (await blocking(sql, address)).length > 0;
}

/** The patterns that block an address, or all addresses of a domain. */
export async function blocking(sql: Sql, address: string): Promise<readonly string[]> {
  const patterns = listOf('pattern', patternsFor(address));
  const rows = await sql.all<{ readonly pattern: string }>(
    `SELECT pattern FROM blocks WHERE pattern IN (${patterns.sql})`,
    patterns.values,
  );
  return rows.map(({ pattern }) => pattern);
}

/** Every pattern that would block an address: itself, its domain, and the domains above that. */
function patternsFor(address: string): readonly string[] {
  const whole = normalized(address);
  const labels = whole.slice(whole.lastIndexOf('@') + 1).split('.');
  return [whole, ...labels.map((_, i) => labels.slice(i).join('.'))];
}
