import { migrations } from '../migrations.js';
import type { Sql } from '../sql.js';
import { Connections, type Patience } from './connections.js';
import { PostgresDatabase } from './database.js';
import { PostgresNews } from './news.js';

/**
 * Connects to a database of PostgreSQL, brings it to the present schema and gives a pool of connections to it.
 * @param url postgres://…
 * @param patience with a server that goes away
 * @throws Error if the server cannot be reached, or the database was written by a newer version of this program
 */
export async function openPostgres(url: string, patience?: Patience): Promise<PostgresDatabase> {
  const database = await connectPostgres(url, patience);
  try {
    await database.migrate(migrate);
    // Of those who have gone without having asked; no outage is that long.
    await database.run("DELETE FROM endings WHERE at < now() - interval '30 days'");
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** Likewise, with the database as it is. */
export async function connectPostgres(
  url: string,
  patience: Patience = {},
): Promise<PostgresDatabase> {
  const connections = await Connections.open(url, patience);
  return new PostgresDatabase(connections, new PostgresNews(connections));
}

async function migrate(sql: Sql): Promise<void> {
  await sql.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const found = await sql.get<{ readonly version: number }>('SELECT version FROM schema_version');
  const version = found?.version ?? 0;
  if (version > migrations.length)
    throw new Error('the database was written by a newer version of pentimento; please update');
  for (const { postgres } of migrations.slice(version))
    if (postgres !== '') await sql.run(postgres);
  if (found === undefined)
    await sql.run('INSERT INTO schema_version VALUES (@version)', { version: migrations.length });
  else
    await sql.run('UPDATE schema_version SET version = @version', { version: migrations.length });
}
