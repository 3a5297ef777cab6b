import type { Sql } from './sql.js';

/*
 * The tables of the schema, as the engines themselves tell of them: a list by hand would one day lack one.
 */

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** What PostgreSQL calls the type. */
  readonly type: string;
}

/** As SQLite has them. */
export type Kind = 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The columns of its primary key. */
  readonly key: readonly string[];
  /** The column that PostgreSQL numbers by itself, if there is one. */
  readonly numbered: string | undefined;
}

/** Whether a database of PostgreSQL has a table of that name by now. */
export async function hasTable(postgres: Sql, table: string): Promise<boolean> {
  const row = await postgres.get('SELECT 1 WHERE to_regclass(@table) IS NOT NULL', { table });
  return row !== undefined;
}

/**
 * All tables of SQLite's, each after those that it refers to.
 * @param from SQLite @param to PostgreSQL
 * @throws Error if PostgreSQL has other columns
 */
export async function tablesOf(from: Sql, to: Sql): Promise<readonly Table[]> {
  const rest = new Map<string, readonly string[]>();
  for (const { name } of await from.all<{ readonly name: string }>(
    String.raw`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
  ))
    rest.set(name, await referencesOf(from, name));
  const tables: Table[] = [];
  while (rest.size > 0) {
    const next = [...rest].find(([, others]) => !others.some((other) => rest.has(other)));
    if (next === undefined) throw new Error('tables refer to each other in a circle');
    tables.push(await tableOf(from, to, next[0]));
    rest.delete(next[0]);
  }
  return tables;
}

async function referencesOf(from: Sql, table: string): Promise<readonly string[]> {
  const rows = await from.all<{ readonly other: string }>(
    'SELECT "table" AS other FROM pragma_foreign_key_list(@table)',
    { table },
  );
  return rows.map(({ other }) => other).filter((other) => other !== table);
}

async function tableOf(from: Sql, to: Sql, table: string): Promise<Table> {
  const here = await from.all<{ readonly name: string; readonly kind: Kind; readonly pk: number }>(
    'SELECT name, type AS kind, pk FROM pragma_table_info(@table) ORDER BY cid',
    { table },
  );
  const there = await to.all<{
    readonly name: string;
    readonly type: string;
    readonly isNumbered: boolean;
  }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attidentity <> '' AS "isNumbered"
     FROM pg_attribute WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped`,
    { table },
  );
  const types = new Map(there.map(({ name, type }) => [name, type]));
  const columns = here.flatMap(({ name, kind }) => {
    const type = types.get(name);
    return type === undefined ? [] : [{ name, kind, type }];
  });
  if (columns.length !== here.length || there.length !== here.length)
    throw new Error(`the table ${table} has other columns in PostgreSQL`);
  return {
    name: table,
    columns,
    key: here
      .filter(({ pk }) => pk > 0)
      .toSorted((a, b) => a.pk - b.pk)
      .map(({ name }) => name),
    numbered: there.find(({ isNumbered }) => isNumbered)?.name,
  };
}
