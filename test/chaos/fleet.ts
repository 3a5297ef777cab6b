import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../src/front.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import type { Database } from '../../src/queue/sql.js';
import { startCluster, type Cluster } from '../support/postgres.js';
import { openNetwork } from '../support/stage.js';
import { Supervisor } from '../support/supervisor.js';
import { Cable } from '../support/cable.js';
import { Crowd } from './crowd.js';
import type { Dice } from './dice.js';

/** One bot of several processes, as on several machines: they share nothing but the database, and the network they are on. */
export interface Fleet {
  readonly listeners: readonly Supervisor[];
  readonly workers: readonly Supervisor[];
  readonly cluster: Cluster;
  /** The last worker's way to the database. */
  readonly cable: Cable;
  readonly crowd: Crowd;
  /** For whoever watches. */
  readonly database: Database;
  readonly start: () => void;
  readonly close: () => Promise<void>;
}

/** Tiny pictures, and work that a dead process left behind is soon taken up; nobody asks too much. */
const settings = `
render: { size: 64 }
queue: { leaseSeconds: 4, maxWaiting: 100000, maxWaitingPerPerson: 100000, maxPerPersonAndDay: 100000 }
`;

export async function openFleet(seed: number, dice: Dice): Promise<Fleet> {
  const network = await openNetwork({ name: 'fleet', settings });
  const cluster = await startCluster({ durable: true });
  const cable = new Cable();
  const throughCable = new URL(cluster.url);
  throughCable.port = String(await cable.open(cluster.port));
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
  const listeners = [1, 2].map((number) => member('listen', number, cluster.url));
  const workers = [
    ...[1, 2].map((number) => member('work', number, cluster.url)),
    member('work', 3, throughCable.href),
  ];
  const all = [...listeners, ...workers];
  const database = await openPostgres(cluster.url);
  const crowd = await Crowd.at(network.url, { mediaFolder: network.mediaFolder, seed });
  const close = async () => {
    await Promise.all(all.map((one) => one.stop()));
    await database.close();
    cable.close();
    await cluster.remove();
    await network.close(all.flatMap(({ leaks }) => leaks));
  };
  const start = () => {
    for (const one of all) one.start();
  };
  return { listeners, workers, cluster, cable, crowd, database, start, close };
}
