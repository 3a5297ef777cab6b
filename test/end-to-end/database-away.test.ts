import { expect, it, onTestFinished } from 'vitest';
import { oneOn, startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { startCluster } from '../support/postgres.js';

it('told to end while the database is away, "pentimento listen" does not wait for it', async () => {
  const cluster = await startCluster();
  onTestFinished(() => cluster.remove());
  const listener = oneOn(cluster.url, 'listen');
  const its = await startBotProcess(temporaryFolder(), undefined, '', listener);
  await cluster.stop();
  await expect
    .poll(() => its.output(), { timeout: 60_000 })
    .toContain('the database cannot be reached; waiting for it');
  expect(await its.end('SIGTERM')).toBe(0);
  expect(its.output()).not.toContain('still silent');
});
