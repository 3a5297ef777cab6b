import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sql } from './sql.js';

/*
 * Keys by which programs ask for pictures. A key is a person: it has its share of the bot's time, and its quotas.
 */

export interface ApiKey {
  /** Tells keys apart; no secret. */
  readonly id: string;
  /** What the operator calls it. */
  readonly name: string;
  /** Its share, relative to the 1 that everybody has. */
  readonly weight: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Undefined until it has been used. */
  readonly usedAt: number | undefined;
  /** Undefined while it holds. */
  readonly revokedAt: number | undefined;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly weight: number;
  readonly createdAt: number;
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}

const COLUMNS =
  'id, name, hash, weight, created_at AS "createdAt", used_at AS "usedAt", revoked_at AS "revokedAt"';

/** `pentimento_` and the id, so that one sees whose it is; then 256 bits that nobody can guess. */
const SHAPE = /^pentimento_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** When a key was used is told to the hour; else every question would write to the disk. */
const USE_MS = 60 * 60_000;

/** Makes a key. What comes back is shown once: nobody can tell it again. */
export async function createKey(
  sql: Sql,
  { name, weight }: Pick<ApiKey, 'name' | 'weight'>,
  now: number,
): Promise<string> {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  await sql.run(
    'INSERT INTO api_keys (id, name, hash, weight, created_at) VALUES (@id, @name, @hash, @weight, @now)',
    { id, name, hash: hashOf(secret), weight, now },
  );
  return `pentimento_${id}_${secret}`;
}

/** All that there ever were, oldest first. */
export async function listKeys(sql: Sql): Promise<readonly ApiKey[]> {
  const rows = await sql.all<Row>(`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at, id`);
  return rows.map(asKey);
}

/** From now on a key opens nothing; tells whether it did before. */
export async function revokeKey(sql: Sql, id: string, now: number): Promise<boolean> {
  const revoke = 'UPDATE api_keys SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL';
  return (await sql.run(revoke, { id, now })) === 1;
}

/** The key that somebody shows us, if it holds. How long it takes does not tell how much of the secret was right. */
export async function keyShown(sql: Sql, shown: string, now: number): Promise<ApiKey | undefined> {
  const [, id = '', secret = ''] = SHAPE.exec(shown) ?? [];
  const row = await sql.get<Row>(`SELECT ${COLUMNS} FROM api_keys WHERE id = @id`, { id });
  if (row === undefined || !timingSafeEqual(row.hash, hashOf(secret))) return undefined;
  if (row.revokedAt !== null) return undefined;
  if (row.usedAt === null || row.usedAt < now - USE_MS)
    await sql.run('UPDATE api_keys SET used_at = @now WHERE id = @id', { id, now });
  return asKey(row);
}

/** A secret of 256 random bits cannot be found by trying, so it takes no slow hash. */
function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function asKey({ hash: _, usedAt, revokedAt, ...key }: Row): ApiKey {
  return { ...key, usedAt: usedAt ?? undefined, revokedAt: revokedAt ?? undefined };
}
