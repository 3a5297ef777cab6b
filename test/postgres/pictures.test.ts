import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openPictures } from '../../src/pictures/open.js';
import { postgresStore } from '../../src/pictures/postgres.js';
import { keyOf } from '../../src/pictures/store.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { temporaryFolder } from '../support/folder.js';
import { storeContract } from '../support/picture-store-contract.js';
import { startCluster, type Cluster } from '../support/postgres.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.remove());

const opened = async () => {
  const database = await openPostgres(cluster.url);
  onTestFinished(() => database.close());
  await database.run('DELETE FROM pictures');
  return database;
};

storeContract('PostgreSQL', async () => {
  const leave = async () => {
    await cluster.stop();
    return () => cluster.start();
  };
  return { store: postgresStore(await opened()), leave, waits: true };
});

it('where the queue lies there, pictures do, too, unless they are to lie elsewhere', async () => {
  const database = await opened();
  const s3 = { region: 'here', pathStyle: true };
  for (const [store, rows] of [
    ['files', 0],
    ['auto', 1],
    ['postgres', 1],
  ] as const) {
    const folder = temporaryFolder();
    const pictures = await openPictures({ store, s3, folder, database });
    const file = join(folder, 'x');
    writeFileSync(file, 'x');
    await pictures.put(keyOf('pictures/1.jpg'), file);
    expect(await database.all('SELECT key FROM pictures')).toHaveLength(rows);
  }
});
