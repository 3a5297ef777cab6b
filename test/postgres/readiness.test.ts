import { expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { readinessOf } from '../../src/readiness.js';
import { temporaryFolder } from '../support/folder.js';
import { MemoryPictures } from '../support/memory-pictures.js';
import { startCluster } from '../support/postgres.js';

it('a bot that knows that its database is away says so without asking it first', async () => {
  const cluster = await startCluster();
  onTestFinished(() => cluster.remove());
  const stop = new AbortController();
  const database = await openPostgres(cluster.url, { until: stop.signal });
  onTestFinished(() => database.close());
  const [pictures, folder] = [new MemoryPictures(), temporaryFolder()];
  const readiness = readinessOf({ database, pictures, folder, paints: false });
  await cluster.stop();
  const asking = database.all('SELECT 1').catch((error: unknown) => error);
  await expect.poll(() => database.isAway, { timeout: 60_000 }).toBe(true);
  // Who asks the database is kept waiting for as long as patience lasts, and has asked before.
  const waiting = readiness.isPaused().then(() => 'waited');
  expect(await Promise.race([waiting, readiness.lacks()])).toEqual([
    'the database cannot be reached',
  ]);
  stop.abort();
  await asking;
});
