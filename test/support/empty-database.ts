import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Cluster } from './postgres.js';

/**
 * The cluster that all files of the project share. A test that stops its cluster starts one of its
 * own instead.
 * @throws Error in a project without a cluster
 */
export function sharedCluster(): Pick<Cluster, 'url'> {
  const url = inject('postgres');
  if (url === undefined) throw new Error('this project has no cluster of PostgreSQL');
  return { url };
}

/** Makes a new, empty database in a cluster. @returns its postgres://… */
export async function emptyDatabase({ url } = sharedCluster()): Promise<string> {
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
