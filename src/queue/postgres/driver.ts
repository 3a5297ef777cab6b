import type { ClientConfig } from 'pg';

/** By the numbers that PostgreSQL has for its types (pg_type.dat). */
const INT8 = 20;
const JSON_TEXT = 114;

/** @throws Error if the operator has not installed it: nobody needs it who has one machine */
export async function driver() {
  let pg;
  try {
    pg = (await import('pg')).default;
  } catch (error) {
    throw new Error(
      'PostgreSQL (DATABASE_URL) needs the package pg; install it with: npm install pg',
      { cause: error },
    );
  }
  const { getTypeParser } = pg.types;
  const parserFor = (type: number, format?: 'text') => {
    if (type === INT8) return Number; // ours are below 2⁵³
    if (type === JSON_TEXT) return String; // as SQLite gives it
    return getTypeParser(type, format);
  };
  const types: NonNullable<ClientConfig['types']> = {
    getTypeParser: parserFor as typeof getTypeParser,
  };
  return { Pool: pg.Pool, Client: pg.Client, types };
}
