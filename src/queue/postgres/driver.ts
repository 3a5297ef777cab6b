import type { ClientConfig } from 'pg';

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
  const types: NonNullable<ClientConfig['types']> = {
    getTypeParser: (type, format) => {
      if (type === pg.types.builtins.INT8) return Number; // ours are below 2⁵³
      if (type === pg.types.builtins.JSON) return String; // as SQLite gives it
      return pg.types.getTypeParser(type, format) as (text: string) => unknown;
    },
  };
  return { Pool: pg.Pool, Client: pg.Client, types };
}
