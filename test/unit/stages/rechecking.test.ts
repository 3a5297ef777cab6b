import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { PlatformError } from '../../../src/platforms/port.js';
import { recheck } from '../../../src/stages/rechecking.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { MemoryPlatform } from '../../support/platform.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

const HOUR_MS = 3_600_000;

/** A queue in which some requests and a refusal have been answered; the post "gone" is gone. */
async function answered(ids = ['gone', 'there']) {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const queue = queueAt(newPlace());
  for (const id of ids) {
    await queue.admit('memory', mentionOf(id), { request, cost: 1 });
    await queue.rendered(claimed(await queue.claimRender()), painted);
    await queue.answered(claimed(await queue.claimReply()), `reply to ${id}`);
  }
  await queue.admit('memory', mentionOf('hello'), { refusal: { type: 'no pictures' } });
  await queue.answered(claimed(await queue.claimReply()), 'reply to hello');
  const platform = new MemoryPlatform();
  const looks: string[] = [];
  platform.reread = (mention) => {
    looks.push(mention.id);
    return Promise.resolve(mention.id === 'gone' ? undefined : mention);
  };
  const options = { queue, log: createLog('silent') };
  const look = () => recheck(platform, options, new AbortController().signal);
  const pass = (hours: number) => vi.setSystemTime(Date.now() + hours * HOUR_MS);
  return { queue, platform, looks, look, pass };
}

it('a post that was deleted while nobody was told is noticed within a day, once, and withdrawn', async () => {
  const { queue, looks, look, pass } = await answered();
  pass(23);
  await look();
  expect(looks).toEqual([]);
  pass(2);
  await look();
  await look();
  expect(looks).toEqual(['gone', 'there']);
  expect(claimed(await queue.claimReply()).answer).toEqual({ type: 'removal', postId: 'gone' });
  expect(await queue.claimReply()).toBeUndefined();
});

it('while the server is away nothing is taken for deleted, and the look is made up for', async () => {
  const { queue, platform, looks, look, pass } = await answered();
  pass(25);
  const reread = platform.reread.bind(platform);
  platform.reread = () => Promise.reject(new PlatformError('unreachable', 'away'));
  await look();
  expect(await queue.claimReply()).toBeUndefined();
  platform.reread = reread;
  pass(25);
  await look();
  expect(looks).toEqual(['gone', 'there']);
});

it('a server that fails three times in a row is left alone until the next round', async () => {
  const { platform, look, pass } = await answered(['1', '2', '3', '4', '5']);
  pass(25);
  let asked = 0;
  platform.reread = () => {
    asked++;
    return Promise.reject(new PlatformError('unreachable', 'away'));
  };
  await look();
  expect(asked).toBe(3);
});
