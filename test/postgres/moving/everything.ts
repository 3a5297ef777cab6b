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
        const rows = database.prepare(`SELECT * FROM "${name}"`).all() as Record<string, Cell>[];
        return [name, rows.map(told).sort()];
      }),
    );
  } finally {
    database.close();
  }
}

/** The numbers that PostgreSQL has for two of its types. */
const [BYTEA, FLOAT8] = [17, 701];

/** The same of PostgreSQL's tables of these names. */
export async function everythingInPostgres(
  url: string,
  names: readonly string[],
): Promise<Everything> {
  // Every value in the server's own words: what the driver makes of them is none of our business.
  const types = { getTypeParser: () => (text: string) => text };
  const client = new pg.Client({ connectionString: url, types });
  await client.connect();
  try {
    const all = new Map<string, readonly string[]>();
    for (const name of names) {
      const { rows, fields } = await client.query<Record<string, string | null>>(
        `SELECT * FROM "${name}"`,
      );
      const types = new Map(fields.map((field) => [field.name, field.dataTypeID]));
      const ofType = (column: string, value: string | null) => {
        if (value === null) return null;
        if (types.get(column) === FLOAT8) return Number(value);
        return types.get(column) === BYTEA ? Buffer.from(value.slice(2), 'hex') : value;
      };
      const read = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, ofType(key, value)])),
      );
      all.set(name, read.map(told).sort());
    }
    return all;
  } finally {
    await client.end();
  }
}

type Cell = bigint | number | string | Buffer | null;

/** Whole numbers as such, and doubles to the last bit. */
function told(row: Readonly<Record<string, Cell>>): string {
  const cells = Object.entries(row).map(
    ([name, value]) => `${name}=${Buffer.isBuffer(value) ? value.toString('hex') : String(value)}`,
  );
  return cells.sort().join(' ');
}
