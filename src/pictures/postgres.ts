import { readFile, rm, writeFile } from 'node:fs/promises';
import { isShelf, reaching, type PictureKey, type PictureStore, type Shelf } from './store.js';

/** What it takes of a database; the queue's is one (src/queue/sql.ts), and has the table (src/queue/migrations.ts). */
export interface PictureDatabase {
  readonly engine: string;
  all<Row>(sql: string, values?: Values): Promise<readonly Row[]>;
  get<Row>(sql: string, values?: Values): Promise<Row | undefined>;
  run(sql: string, values?: Values): Promise<number>;
}

type Values = Readonly<Record<string, string | number | Buffer | null>>;

/** A picture has some hundred kilobytes, and is sent as a whole: what people send is bounded, too. */
export function postgresStore(database: PictureDatabase): PictureStore {
  const get = async (key: PictureKey) => {
    const row = await inDatabase(() =>
      database.get<{ readonly bytes: Buffer }>('SELECT bytes FROM pictures WHERE key = @key', {
        key,
      }),
    );
    return row?.bytes;
  };
  return {
    get,
    async put(key, file) {
      const bytes = await readFile(file);
      const changedAt = Date.now();
      await inDatabase(() =>
        database.run(
          `INSERT INTO pictures (key, bytes, changed_at) VALUES (@key, @bytes, @changedAt)
           ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, changed_at = excluded.changed_at`,
          { key, bytes, changedAt },
        ),
      );
      await rm(file);
    },
    async fetch(key, file) {
      const bytes = await get(key);
      if (bytes !== undefined) await writeFile(file, bytes, { mode: 0o600 });
      return bytes !== undefined;
    },
    async copy(from, to) {
      const copied = await inDatabase(() =>
        database.run(
          `INSERT INTO pictures (key, bytes, changed_at)
           SELECT CAST(@to AS TEXT), bytes, CAST(@changedAt AS BIGINT) FROM pictures WHERE key = @from
           ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, changed_at = excluded.changed_at`,
          { from, to, changedAt: Date.now() },
        ),
      );
      return copied > 0;
    },
    async remove(what) {
      if (isShelf(what))
        await inDatabase(() => database.run(`DELETE FROM pictures WHERE ${BELOW}`, below(what)));
      else
        await inDatabase(() =>
          database.run('DELETE FROM pictures WHERE key = @key', { key: what }),
        );
    },
    list: (room) =>
      inDatabase(() =>
        database.all(
          `SELECT key, changed_at AS "changedAt" FROM pictures WHERE ${BELOW}`,
          below(room),
        ),
      ),
  };
}

/** As the index on the keys has it, which goes by bytes. */
const BELOW = 'key >= @first AND key < @end';

function below(prefix: string | Shelf) {
  const next = String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return { first: prefix, end: `${prefix.slice(0, -1)}${next}` };
}

function inDatabase<T>(act: () => Promise<T>): Promise<T> {
  return reaching('the database of the pictures', act);
}
