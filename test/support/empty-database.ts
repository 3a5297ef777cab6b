import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Cluster } from './postgres.js';

/** A new database in a cluster, with nothing in it; gives its postgres://… */
export async function emptyDatabase({ url }: Pick<Cluster, 'url'>): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, `CREATE DATABASE ${name}`);
  const its = new URL(url);
  its.pathname = name;
  return its.href;
}

/** Asks a server something, past everything of ours. */
export async function onServer<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
