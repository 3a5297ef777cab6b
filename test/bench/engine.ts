import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres } from '../../src/queue/postgres/open.js';
import type { Database, Engine } from '../../src/queue/sql.js';
import { openSqlite, type SqliteDatabase } from '../../src/queue/sqlite.js';
import { startCluster } from '../support/postgres.js';

/** An engine with an empty database, that survives a power cut as it does for the bot. */
export interface Ground {
  readonly engine: Engine;
  /** Where others find it: a file, or postgres://… */
  readonly place: string;
  readonly database: Database;
  /** What the engine would do by itself in time, after much has been written. */
  settle(): Promise<void>;
  /** A transaction of one row, as small as one that is durable can be. */
  floor(): Promise<unknown>;
  plan(sql: string, values: Readonly<Record<string, number | string>>): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Opens the database at a place; see `Ground`. */
export function openAt(place: string): Promise<Database> {
  return place.startsWith('postgres:') ? openPostgres(place) : Promise.resolve(openSqlite(place));
}

/** @param folder on the disk that is to be measured, where it can be chosen: for SQLite */
export async function groundOf(engine: Engine, folder: string): Promise<Ground> {
  return engine === 'sqlite' ? sqliteGround(folder) : postgresGround();
}

async function sqliteGround(parent: string): Promise<Ground> {
  const folder = mkdtempSync(join(parent, 'pentimento-bench-'));
  const place = join(folder, 'queue.sqlite3');
  const database: SqliteDatabase = openSqlite(place);
  await database.run('CREATE TABLE floor (n INTEGER) STRICT');
  return {
    engine: 'sqlite',
    place,
    database,
    settle: () => {
      database.connection.pragma('wal_checkpoint(TRUNCATE)');
      return Promise.resolve();
    },
    floor: () => database.run('INSERT INTO floor VALUES (1)'),
    plan: async (sql, values) => {
      const lines = await database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, values);
      return lines.map(({ detail }) => detail);
    },
    remove: async () => {
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function postgresGround(): Promise<Ground> {
  const cluster = await startCluster({ durable: true });
  const database = await openPostgres(cluster.url);
  await database.run('CREATE TABLE floor (n INTEGER)');
  return {
    engine: 'postgres',
    place: cluster.url,
    database,
    settle: async () => {
      // It is no part of a transaction, and those of the port are.
      const client = await database.connections.take();
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
      client.release();
    },
    floor: () => database.run('INSERT INTO floor VALUES (1)'),
    plan: async (sql, values) => {
      const text = `EXPLAIN (COSTS OFF) ${sql}`;
      const lines = await database.all<{ 'QUERY PLAN': string }>(text, values);
      return lines.map((line) => line['QUERY PLAN'].trim());
    },
    remove: async () => {
      await database.close();
      await cluster.remove();
    },
  };
}
