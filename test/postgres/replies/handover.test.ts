import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { Metrics } from '../../../src/metrics.js';
import type { Platform } from '../../../src/platforms/port.js';
import { openPostgres } from '../../../src/queue/postgres/open.js';
import { Queue } from '../../../src/queue/queue.js';
import { postAnswers } from '../../../src/replies/outbox.js';
import { listen, paintedPicture } from '../../support/platforms/contract/setting.js';
import { xNetwork } from '../../support/platforms/x-network.js';
import { emptyDatabase } from '../../support/empty-database.js';
import { painted, request } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, LEASE_MS, options } from '../../support/queue.js';

it('whoever hangs between the upload and the post, and is followed, posts nothing when it goes on', async () => {
  const network = await xNetwork();
  const { x, self, us, connectWith } = network;
  const url = await emptyDatabase();
  const pictures = new MemoryPictures();
  pictures.set(painted.file, (await paintedPicture()).bytes);
  /** One of two processes that may answer. */
  const answerer = async (heartbeatMs: number) => {
    const database = await openPostgres(url);
    onTestFinished(() => database.close());
    const queue = new Queue(database, options);
    const platform = connectWith({ ledger: queue.ledger('x') });
    return { queue, platform, start: () => answering(queue, platform, heartbeatMs) };
  };
  const answering = (queue: Queue, platform: Platform, heartbeatMs: number) => {
    const end = new AbortController();
    const metrics = new Metrics(() => Promise.resolve({}));
    const log = createLog('silent');
    const running = postAnswers(
      { platforms: [platform], queue, pictures, heartbeatMs, metrics, log },
      end.signal,
    );
    return () => (end.abort(), running);
  };
  // Whoever hangs extends no lease.
  const [hung, follower] = [await answerer(1e9), await answerer(LEASE_MS / 3)];

  const { hears, stop } = listen(hung.platform);
  const asked = await (await network.person('ada')).post(`${us} please`);
  const mention = await hears(asked);
  await stop();
  await hung.queue.admit(hung.platform.name, mention, { request, cost: 1 });
  await hung.queue.rendered(claimed(await hung.queue.claimRender()), painted);

  const ours = () => x.world.list((post) => post.author === self);
  let goOn: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => {
    let isFirst = true;
    x.fault = async (endpoint) => {
      if (endpoint !== 'metadata' || !isFirst) return;
      isFirst = false;
      resolve();
      await new Promise<void>((wake) => (goOn = wake));
    };
  });
  const endHung = hung.start();
  await hanging;
  const endFollower = follower.start();
  await vi.waitFor(() => expect(ours()).toHaveLength(1), { timeout: 60_000 });
  goOn();
  await endHung();
  await endFollower();

  expect(ours()).toHaveLength(1);
  expect(x.asked.filter((each) => each === 'POST /2/tweets')).toHaveLength(1);
  expect(x.bill.count('mediaMetadata'), 'it did go on').toBe(2);
  expect(await hung.queue.ledger('x').unsettled()).toEqual([]);
  const sql = 'SELECT state, reply_id AS reply FROM requests';
  expect(await hung.queue.database.all(sql)).toEqual([{ state: 'answered', reply: ours()[0]?.id }]);
});
