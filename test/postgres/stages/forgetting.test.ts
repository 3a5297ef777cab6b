import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { openPostgres } from '../../../src/queue/postgres/open.js';
import { Queue } from '../../../src/queue/queue.js';
import { forgetStage } from '../../../src/stages/forgetting.js';
import { emptyDatabase } from '../../support/empty-database.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, options } from '../../support/queue.js';

const HOUR = 60 * 60_000;

it('what one process has just painted is not swept away by another, before the queue knows of it', async () => {
  const url = await emptyDatabase();
  const member = async () => {
    const database = await openPostgres(url);
    onTestFinished(() => database.close());
    return new Queue(database, options);
  };
  const [listener, worker] = [await member(), await member()];
  const pictures = new MemoryPictures();
  await listener.admit('here', mentionOf('1'), { request, cost: 1 });
  const claim = claimed(await worker.claimRender());
  const file = `pictures/${claim.id}-${claim.token.slice(0, 8)}.jpg`;
  pictures.set(file, 'just painted');
  pictures.set('pictures/1-0a1b2c3d.jpg', 'by one that lost its claim', Date.now() - 2 * HOUR);

  const sweep = async () => {
    const end = new AbortController();
    const log = createLog('silent');
    const running = forgetStage({ queue: listener, pictures, keepMs: HOUR, log }, end.signal);
    await vi.waitFor(() => expect([...pictures.all.keys()]).toEqual([file]), { timeout: 30_000 });
    end.abort();
    await running;
  };
  await sweep();
  expect(await worker.rendered(claim, { ...painted, file })).toBe(true);
  pictures.set(file, 'painted long ago', Date.now() - 2 * HOUR);
  pictures.set('pictures/77.jpg', 'of a time before a backup', Date.now() - 2 * HOUR);
  await sweep();
});
