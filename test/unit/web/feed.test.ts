import { expect, it } from 'vitest';
import { QueueFeed } from '../../../src/web/feed.js';
import type { RequestStatus } from '../../../src/web/status.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, Clock, newPlace, queueAt } from '../../support/queue.js';

const outcome = { request, cost: 1 };

async function feedOf(...ids: readonly string[]) {
  const clock = new Clock();
  const queue = queueAt(newPlace(), clock.now);
  for (const id of ids) await queue.admit('here', mentionOf(id), outcome);
  const feed = new QueueFeed(queue, 'here');
  const heard: RequestStatus[] = [];
  await feed.current();
  const stop = feed.subscribe((status) => heard.push(status));
  return { clock, queue, feed, heard, stop };
}

it('who has just come is told of everything that is not answered yet', async () => {
  const { feed } = await feedOf('1', '2');
  expect(await feed.current()).toEqual([
    { mention: '1', state: 'queued', ahead: 0 },
    { mention: '2', state: 'queued', ahead: 1 },
  ]);
});

it('a request is followed from the queue to the answer', async () => {
  const { queue, feed, heard } = await feedOf();
  await queue.admit('here', mentionOf('1'), outcome);
  await feed.current();
  const claim = claimed(await queue.claimRender());
  await feed.current();
  feed.report('1', 0.25);
  feed.report('1', 0.5);
  await queue.rendered(claim, painted);
  await feed.current();
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  await feed.current();
  expect(heard).toEqual([
    { mention: '1', state: 'queued', ahead: 0 },
    { mention: '1', state: 'painting', progress: 0 },
    { mention: '1', state: 'painting', progress: 0.25 },
    { mention: '1', state: 'painting', progress: 0.5 },
    { mention: '1', state: 'replying' },
    { mention: '1', state: 'answered' },
  ]);
  expect(await feed.current()).toEqual([]);
});

it('a change is told of those whom it concerns, and of nobody else', async () => {
  const { queue, feed, heard } = await feedOf('1', '2', '3');
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await feed.current();
  heard.length = 0;
  await queue.claimRender();
  await feed.current();
  expect(heard).toEqual([{ mention: '2', state: 'painting', progress: 0 }]);
});

it('only pictures that are still to be painted are ahead, not replies that wait to be posted', async () => {
  const { queue, feed } = await feedOf('1', '2', '3');
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.claimRender();
  expect(await feed.current()).toEqual([
    { mention: '1', state: 'replying' },
    { mention: '2', state: 'painting', progress: 0 },
    { mention: '3', state: 'queued', ahead: 1 },
  ]);
});

it('who just comes sees the progress so far, also after other changes', async () => {
  const { queue, feed } = await feedOf('1');
  await queue.claimRender();
  await feed.current();
  feed.report('1', 0.7);
  await queue.admit('here', mentionOf('2'), outcome);
  expect((await feed.current())[0]).toEqual({ mention: '1', state: 'painting', progress: 0.7 });
});

it('progress of what is not being painted is not told', async () => {
  const { queue, feed, heard } = await feedOf('1');
  feed.report('1', 0.5);
  feed.report('unknown', 0.5, 3);
  const claim = claimed(await queue.claimRender());
  await queue.rendered(claim, painted);
  await feed.current();
  heard.length = 0;
  feed.report('1', 0.9); // a late one
  expect(heard).toEqual([]);
  expect(await feed.current()).toEqual([{ mention: '1', state: 'replying' }]);
  // Nor is it kept: other platforms' pictures, of which nobody would ever forget it, are reported, too.
  expect(feed.progressOf('unknown')).toEqual({ progress: 0, sketches: 0 });
});

it('a picture that is painted a second time begins at the beginning', async () => {
  const { clock, queue, feed } = await feedOf('1');
  const claim = claimed(await queue.claimRender());
  await feed.current();
  feed.report('1', 0.9);
  await queue.retryRender(claim, clock.time);
  await queue.claimRender();
  expect(await feed.current()).toEqual([{ mention: '1', state: 'painting', progress: 0 }]);
});

it('who has left hears no more, and the others do', async () => {
  const { queue, feed, heard, stop } = await feedOf();
  const others: RequestStatus[] = [];
  feed.subscribe((status) => others.push(status));
  stop();
  await queue.admit('here', mentionOf('1'), outcome);
  await feed.current();
  expect(heard).toEqual([]);
  expect(others).toHaveLength(1);
});
