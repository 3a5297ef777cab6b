import Database from 'better-sqlite3';
import pg from 'pg';

/*
 * All that is in a database, read in a way of the tests' own: what moves it must not be what tells whether it arrived.
 */

type Everything = ReadonlyMap<string, readonly string[]>;

/** For each table its rows, each as one text, sorted. */
export function everythingInSqlite(file: string): Everything {
  const database = new Database(file, { readonly: true });
  try {
    database.defaultSafeIntegers(true);
    const names = database
      .prepare<[], string>(
        String.raw`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`,
      )
      .pluck()
      .all();
    return new Map(
      names.sort().map((name) => {
        const rows = database.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[];
        return [name, rows.map(told).sort()];
      }),
    );
  } finally {
    database.close();
  }
}

/** The same of PostgreSQL's tables of these names. */
export async function everythingInPostgres(
  url: string,
  names: readonly string[],
): Promise<Everything> {
  const { INT8, JSON: json, NUMERIC } = pg.types.builtins;
  const client = new pg.Client({
    connectionString: url,
    types: {
      getTypeParser: ((oid: number) =>
        oid === INT8 || oid === NUMERIC
          ? BigInt
          : oid === json
            ? String
            : pg.types.getTypeParser(oid)) as typeof pg.types.getTypeParser,
    },
  });
  await client.connect();
  try {
    const all = new Map<string, readonly string[]>();
    for (const name of names) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM "${name}"`);
      all.set(name, rows.map(told).sort());
    }
    return all;
  } finally {
    await client.end();
  }
}

/** Whole numbers as such, whichever the driver makes of them; and doubles to the last bit. */
function told(row: Record<string, unknown>): string {
  const cells = Object.entries(row).map(([name, value]) => {
    const text = Buffer.isBuffer(value)
      ? value.toString('hex')
      : String(value as bigint | number | string | null);
    return `${name}=${text}`;
  });
  return cells.sort().join(' ');
}
