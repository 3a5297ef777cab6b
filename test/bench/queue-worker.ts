import { Queue } from '../../src/queue/queue.js';
import { painted } from '../support/fixtures.js';
import type { Done, Order } from './crew.js';
import { openAt } from './engine.js';

/*
 * A worker of the benchmark of the queue: claims, and paints in no time.
 */

const database = await openAt(process.argv[2] ?? '');
// Nothing of what is claimed comes back while it is measured.
const quotas = { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 };
const queue = new Queue(database, { leaseMs: 3_600_000, quotas });
const pace = { device: 'cpu', costPerSecond: 1 };

process.on('message', ({ what, ms, most }: Order) => {
  void work(what === 'claims' ? claim : picture, ms, most).then((done) => process.send?.(done));
});
process.on('disconnect', () => void database.close());
process.send?.('ready');

async function work(act: () => Promise<boolean>, ms: number, most: number): Promise<Done> {
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < ms && count < most && (await act())) count += 1;
  return { count, ms: performance.now() - begin };
}

async function claim(): Promise<boolean> {
  return (await queue.claimRender()) !== undefined;
}

async function picture(): Promise<boolean> {
  const render = await queue.claimRender();
  if (render === undefined) return false;
  await queue.rendered(render, painted, pace);
  const reply = await queue.claimReply();
  if (reply !== undefined) await queue.answered(reply, String(reply.id));
  return true;
}
