import type { Sql, Values } from './sql.js';
import { storableJson, storableText } from './storable.js';
import type { Column, Table } from './tables.js';

/*
 * Rows in a form in which both engines give the same for the same, to the last bit: every value is a text.
 */

export type Row = readonly (string | null)[];

/** So many rows are in memory at a time, however many there are. */
const PAGE = 1000;

/** All rows of a table in the order of its key, some at a time. */
export async function* pagesOf(sql: Sql, table: Table): AsyncGenerator<readonly Row[], undefined> {
  const key = table.key.map((name) => table.columns.findIndex((column) => column.name === name));
  const select = `SELECT ${table.columns.map((column) => told(sql, column)).join(', ')} FROM "${table.name}"`;
  // With the table's name: without, it would be the text by the same name that is selected, and 10 came before 9.
  const order = `ORDER BY ${table.key.map((name) => `"${table.name}"."${name}"`).join(', ')} LIMIT ${PAGE}`;
  const kinds = key.map((at) => (table.columns[at]?.kind === 'INTEGER' ? 'BIGINT' : 'TEXT'));
  // By the key, and not by an OFFSET, which would count from the beginning each time.
  const after = `WHERE (${list(table.key)}) > (${kinds.map((kind, i) => `CAST(@k${i} AS ${kind})`).join(', ')})`;
  let last: Row | undefined;
  for (;;) {
    const values: Values = Object.fromEntries(key.map((at, i) => [`k${i}`, last?.[at] ?? null]));
    const found =
      last === undefined
        ? await sql.all<Told>(`${select} ${order}`)
        : await sql.all<Told>(`${select} ${after} ${order}`, values);
    const rows = found.map((row) => table.columns.map(({ name }) => exact(row[name] ?? null)));
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return undefined;
    last = rows.at(-1);
  }
}

/** A row as PostgreSQL can keep it, which is nearly always the same one. */
export function storableRow({ columns }: Table, row: Row): Row {
  const stored = row.map((value, i) =>
    value === null ? null : columns[i]?.type === 'json' ? storableJson(value) : storableText(value),
  );
  return stored.every((value, i) => value === row[i]) ? row : stored;
}

/** Writes rows into PostgreSQL, as one statement with one value, whatever their number. */
export async function writeRows(to: Sql, table: Table, rows: readonly Row[]): Promise<void> {
  const { columns } = table;
  const objects = rows.map((row) => Object.fromEntries(row.map((value, i) => [`c${i}`, value])));
  await to.run(
    `INSERT INTO "${table.name}" (${list(columns.map(({ name }) => name))})
     SELECT ${columns.map(({ kind, type }, i) => (kind === 'BLOB' ? `decode(c${i}, 'hex')` : `c${i}::${type}`)).join(', ')}
     FROM json_to_recordset(CAST(@rows AS json)) AS given(${columns.map((_, i) => `c${i} text`).join(', ')})`,
    { rows: JSON.stringify(objects) },
  );
}

/** Which row it is: the table and the key. */
export function nameOf({ name, columns, key }: Table, row: Row): string {
  const values = columns.flatMap((column, i) => (key.includes(column.name) ? [row[i]] : []));
  return `${name} (${values.join(', ')})`;
}

type Told = Readonly<Record<string, string | number | null>>;

/** A column, so that nothing of it is lost on the way: whole numbers may be larger than those of JavaScript. */
function told({ engine }: Sql, { name, kind }: Column): string {
  const it = `"${name}"`;
  if (kind === 'INTEGER') return `CAST(${it} AS TEXT) AS ${it}`;
  if (kind !== 'BLOB') return it;
  return engine === 'postgres'
    ? `encode(${it}, 'hex') AS ${it}`
    : `CASE WHEN ${it} IS NOT NULL THEN lower(hex(${it})) END AS ${it}`;
}

/** JavaScript writes a number with as many digits as tell it from all others; only a negative zero loses its sign. */
function exact(value: string | number | null): string | null {
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value;
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
