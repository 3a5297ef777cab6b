import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Role } from '../../src/front.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import type { Database } from '../../src/queue/sql.js';
import { startCluster, type Cluster } from '../support/postgres.js';
import { openNetwork } from '../support/stage.js';
import { Supervisor } from '../support/supervisor.js';
import { Cable } from '../support/cable.js';
import { Crowd } from './crowd.js';
import { watchOrder } from './overtakings.js';
import type { Dice } from './dice.js';

/** One bot of several processes, as on several machines: they share nothing but the database, and the network they are on. */
export interface Fleet {
  readonly listeners: readonly Supervisor[];
  readonly workers: readonly Supervisor[];
  readonly cluster: Cluster;
  /** The last worker's way to the database. */
  readonly cable: Cable;
  /** Cuts the way to the database of the listener that listens, until another one does. */
  readonly cutListener: () => Promise<void>;
  readonly crowd: Crowd;
  /** For whoever watches. */
  readonly database: Database;
  readonly start: () => void;
  readonly close: () => Promise<void>;
}

/** The server must notice first that nobody answers any more, on a machine that has much else to do. */
const patient = { timeout: 120_000, interval: 100 };

/**
 * Tiny pictures, and work that a dead process left behind is soon taken up, by however many it has been left; nobody asks too much.
 */
const settings = `
render: { size: 64, attempts: 10 }
queue: { leaseSeconds: 4, maxWaiting: 100000, maxWaitingPerPerson: 100000, maxPerPersonAndDay: 100000 }
`;

export async function openFleet(seed: number, dice: Dice): Promise<Fleet> {
  const network = await openNetwork({ name: 'fleet', settings });
  const cluster = await startCluster({ durable: true });
  /** A way of one's own to the database, which knows one by a name. */
  const way = async (name: string) => {
    const cable = new Cable();
    const url = new URL(cluster.url);
    url.port = String(await cable.open(cluster.port));
    url.searchParams.set('application_name', name);
    return { name, cable, url: url.href };
  };
  const member = (role: Role, number: number, url: string) => {
    const folder = join(network.root, `${role}${number}`);
    mkdirSync(folder);
    return new Supervisor({
      role,
      folder,
      environment: { ...network.environment, DATABASE_URL: url },
      pauseMs: () => dice.between(0, 500),
      onStart: () => undefined,
      onLine: () => undefined,
    });
  };
  const toListeners = await Promise.all(['listener 1', 'listener 2'].map(way));
  const toWorker = await way('worker 3');
  const listeners = toListeners.map(({ url }, i) => member('listen', i + 1, url));
  const workers = [
    ...[1, 2].map((number) => member('work', number, cluster.url)),
    member('work', 3, toWorker.url),
  ];
  const all = [...listeners, ...workers];
  const database = await openPostgres(cluster.url);
  await watchOrder(database);
  const cutListener = async () => {
    const name = await vi.waitFor(async () => required(await whoListens(database)), patient);
    const cable = required(toListeners.find((each) => each.name === name)).cable;
    cable.cut();
    await vi.waitFor(async () => {
      expect(await whoListens(database)).toSatisfy((now) => now !== undefined && now !== name);
    }, patient);
    cable.mend();
  };
  const crowd = await Crowd.at(network.url, { mediaFolder: network.mediaFolder, seed });
  const close = async () => {
    await Promise.all(all.map((one) => one.stop()));
    await database.close();
    for (const { cable } of [...toListeners, toWorker]) cable.close();
    await cluster.remove();
    await network.close(all.flatMap(({ leaks }) => leaks));
  };
  const start = () => {
    for (const one of all) one.start();
  };
  const { cable } = toWorker;
  return { listeners, workers, cluster, cable, cutListener, crowd, database, start, close };
}

/** As the database knows whoever holds its one lock for listeners. */
async function whoListens(database: Database): Promise<string | undefined> {
  const holder = await database.get<{ readonly name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND application_name LIKE 'listener%'`,
  );
  return holder?.name;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nobody is there');
  return value;
}
