import { execFile, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { postgresPrograms } from './prerequisites.js';

/*
 * A cluster of PostgreSQL for the tests alone: in a folder of its own, on a free port of this machine, and gone afterwards.
 */

const run = promisify(execFile);

export interface Cluster {
  /** postgres://… of its database. */
  readonly url: string;
  readonly port: number;
  /** @param mode "fast" ends what is under way, "immediate" is as a crash */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes everything of it. */
  remove(): Promise<void>;
}

export interface ClusterOptions {
  /** Whether it is to survive a power cut; tests need not, and are faster without. */
  readonly durable?: boolean;
}

/** @throws Error if PostgreSQL is not installed, or does not start */
export async function startCluster({ durable = false }: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-postgres-'));
  const data = join(folder, 'data');
  const program = asSomebody(folder);
  await program('initdb', ['-D', data, '-U', 'pentimento', '-A', 'trust', '-E', 'UTF8', '-N']);
  const port = await freePort();
  const settings = [
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`,
    // A crash is to lose all that it may lose.
    ...(durable
      ? ['-c wal_writer_delay=10s']
      : ['-c fsync=off -c synchronous_commit=off -c full_page_writes=off']),
  ].join(' ');
  const log = join(folder, 'log');
  const cluster: Cluster = {
    url: `postgres://pentimento@127.0.0.1:${port}/postgres`,
    port,
    start: () => program('pg_ctl', ['-D', data, '-o', settings, '-l', log, '-w', 'start']),
    stop: (mode = 'fast') => program('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']),
    remove: async () => {
      await cluster.stop('immediate').catch(() => undefined); // it may have been stopped already
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}

/** PostgreSQL refuses to run as root; as which user it then runs depends on who has installed it. */
function asSomebody(folder: string): (name: string, args: readonly string[]) => Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const ids = ['-u', '-g'].map((which) =>
      Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout),
    );
    chownSync(folder, ids[0] ?? 0, ids[1] ?? 0);
  }
  return async (name, args) => {
    const program = join(postgresPrograms(), name);
    const asUser = isRoot ? ['runuser', '-u', 'postgres', '--'] : [];
    // What pg_ctl starts would keep a pipe of ours open for as long as it lives.
    await run('sh', ['-c', '"$@" >/dev/null', 'sh', ...asUser, program, ...args], { cwd: folder });
  };
}
