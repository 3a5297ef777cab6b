import { createHash } from 'node:crypto';
import { nameOf, pagesOf, storableRow, writeRows, type Row } from './rows.js';
import type { Database, Sql } from './sql.js';
import { hasTable, tablesOf, type Table } from './tables.js';

/*
 * A bot moves from SQLite to PostgreSQL: all of it or nothing, in one transaction, which nobody sees the middle of. Who is
 * killed leaves the database as it was, and simply begins again; who is killed right after the end is told by a mark that
 * all is there.
 */

export interface MoveOptions {
  /** What else is to be written, and is there if the rest is. */
  readonly also?: (to: Sql) => Promise<void>;
  /** Called with 0..1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

export interface Moved {
  readonly rows: number;
  /** How many of them had characters that PostgreSQL cannot keep; see storable.ts. */
  readonly mended: number;
  /** Whether it had been done before, by somebody who did not get to the end. */
  readonly wasDone: boolean;
}

/** The database that is to be filled is not empty. */
export class HoldsAnother extends Error {
  override readonly name = 'HoldsAnother';
  constructor() {
    super('the database that DATABASE_URL names holds the data of another bot; name an empty one');
  }
}

/**
 * Copies every row, and compares each with what PostgreSQL then has. Nobody changes either database meanwhile.
 * @param from SQLite's @param to PostgreSQL's
 * @throws HoldsAnother @throws Error if a row did not arrive as it was; then nothing has been written
 */
export function move(from: Database, to: Database, options: MoveOptions = {}): Promise<Moved> {
  const { also = () => Promise.resolve(), onProgress = () => undefined, signal } = options;
  return from.transaction((source) =>
    to.transaction(
      async (target) => {
        // While a long table is read here, the server hears nothing of us.
        await target.run("SET LOCAL idle_in_transaction_session_timeout = '5min'");
        const tables = await tablesOf(source, target);
        const total = await countAll(source, tables);
        const mark = await target.get<Mark>('SELECT digest FROM moved_from');
        if (mark !== undefined) {
          if (mark.digest !== (await digestOf(source, tables))) throw new HoldsAnother();
          return { rows: total, mended: 0, wasDone: true };
        }
        let done = 0;
        const step = (rows: number) => {
          signal?.throwIfAborted();
          done += rows;
          onProgress(done / (2 * total));
        };
        await makeRoom(target, tables);
        const { digest, mended } = await copyAll(source, target, tables, step);
        await compareAll(source, target, tables, step);
        for (const table of tables) await continueNumbers(target, table);
        await also(target);
        await target.run('INSERT INTO moved_from VALUES (@digest, @now)', {
          digest,
          now: Date.now(),
        });
        return { rows: total, mended, wasDone: false };
      },
      { alone: true },
    ),
  );
}

/** Whether a database, which may have no tables yet, has been filled by a move. */
export async function isFilled(to: Sql): Promise<boolean> {
  if (!(await hasTable(to, 'moved_from'))) return false;
  return (await to.get<Mark>('SELECT digest FROM moved_from')) !== undefined;
}

interface Mark {
  readonly digest: string;
}

/** What is in these tables from the beginning; what else is there somebody has written. */
const FRESH: Readonly<Record<string, string>> = {
  dispatch: 'last_start = 0 AND paused = 0',
  tallies: 'n = 0',
};

/** @throws HoldsAnother */
async function makeRoom(to: Sql, tables: readonly Table[]): Promise<void> {
  const names = tables.map(({ name }) => `"${name}"`).join(', ');
  await to.run(`LOCK TABLE ${names} IN SHARE ROW EXCLUSIVE MODE`);
  for (const { name } of tables) {
    const written = `SELECT 1 FROM "${name}" WHERE NOT (${FRESH[name] ?? 'false'}) LIMIT 1`;
    if ((await to.get(written)) !== undefined) throw new HoldsAnother();
    if (name in FRESH) await to.run(`DELETE FROM "${name}"`);
  }
}

/** Gives the digest of all that was read, and how many rows had to be changed. */
async function copyAll(
  from: Sql,
  to: Sql,
  tables: readonly Table[],
  step: (rows: number) => void,
): Promise<{ readonly digest: string; readonly mended: number }> {
  const hash = createHash('sha256');
  let mended = 0;
  for (const table of tables) {
    hash.update(table.name);
    // What triggers keep count of is a table, and copied as it is.
    await to.run(`ALTER TABLE "${table.name}" DISABLE TRIGGER USER`);
    for await (const rows of pagesOf(from, table)) {
      hash.update(JSON.stringify(rows));
      const stored = rows.map((row) => storableRow(table, row));
      mended += stored.filter((row, i) => row !== rows[i]).length;
      await writeRows(to, table, stored);
      step(rows.length);
    }
    await to.run(`ALTER TABLE "${table.name}" ENABLE TRIGGER USER`);
  }
  return { digest: hash.digest('hex'), mended };
}

async function digestOf(from: Sql, tables: readonly Table[]): Promise<string> {
  const hash = createHash('sha256');
  for (const table of tables) {
    hash.update(table.name);
    for await (const rows of pagesOf(from, table)) hash.update(JSON.stringify(rows));
  }
  return hash.digest('hex');
}

/**
 * Compares all rows, one by one.
 * @throws Error that names the first one that differs, or is missing, or too many; not what is in it
 */
export async function compareAll(
  from: Sql,
  to: Sql,
  tables: readonly Table[],
  step: (rows: number) => void = () => undefined,
): Promise<void> {
  for (const table of tables) {
    const theirs = pagesOf(to, table);
    let compared = 0;
    for await (const ours of pagesOf(from, table)) {
      const stored = ours.map((row) => storableRow(table, row));
      requireSame(table, stored, (await theirs.next()).value ?? []);
      compared += ours.length;
      step(ours.length);
    }
    requireSame(table, [], (await theirs.next()).value ?? []);
    // Should both have been read in the same wrong way, they would agree.
    for (const sql of [from, to])
      if ((await countIn(sql, table)) !== compared)
        throw new Error(`not every row of ${table.name} has been compared`);
  }
}

function requireSame(table: Table, ours: readonly Row[], theirs: readonly Row[]): void {
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const [mine, their] = [ours[i], theirs[i]];
    const at = table.columns.findIndex((_, column) => mine?.[column] !== their?.[column]);
    const row = mine ?? their;
    if (row === undefined || at < 0) continue;
    throw new Error(
      `${nameOf(table, row)} is not in PostgreSQL as it is in SQLite (column ${table.columns[at]?.name ?? ''})`,
    );
  }
}

async function countAll(from: Sql, tables: readonly Table[]): Promise<number> {
  let total = 0;
  for (const table of tables) total += await countIn(from, table);
  return total;
}

async function countIn(sql: Sql, { name }: Table): Promise<number> {
  return (await sql.get<{ readonly n: number }>(`SELECT count(*) AS n FROM "${name}"`))?.n ?? 0;
}

/** What comes next gets a number above all that there are. */
async function continueNumbers(to: Sql, { name, numbered }: Table): Promise<void> {
  if (numbered === undefined) return;
  await to.get(
    `SELECT setval(pg_get_serial_sequence('"${name}"', '${numbered}'), coalesce(max("${numbered}"), 0) + 1, false)
     FROM "${name}"`,
  );
}
