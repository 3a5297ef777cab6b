import { expect, it } from 'vitest';
import { StoreUnreachable } from '../../../src/pictures/store.js';
import { requestFor, shown } from '../../../src/queue/desk.js';
import { forget, forgettable, forgetNow, mendFuture } from '../../../src/queue/retention.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, Clock, newPlace, queueAt } from '../../support/queue.js';

async function answeredOne() {
  const pictures = new MemoryPictures();
  pictures.set(painted.file, 'a picture');
  const clock = new Clock();
  const queue = queueAt(newPlace(), clock.now);
  await queue.admit('here', mentionOf('1', 'ada', { text: 'private words' }), { request, cost: 1 });
  await queue.rendered(claimed(await queue.claimRender()), painted);
  const id = await requestFor(queue.database, 'here', '1');
  if (id === undefined) throw new Error('it was not admitted');
  const answer = async () => queue.answered(claimed(await queue.claimReply()), 'reply');
  return { pictures, clock, queue, id, answer };
}

it('what was answered long ago is forgotten: file and words, but not that it was answered', async () => {
  const { pictures, clock, queue, id, answer } = await answeredOne();
  await answer();
  const { database } = queue;
  // What the bot has posted repeats words of the person.
  const own = { id: '7', mentionId: '1', text: 'private words, painted' };
  await database.run("INSERT INTO own_posts VALUES ('here', @id, @mentionId, @text, 1)", own);
  expect(await forgettable(database, clock.time, 10)).toEqual([]);
  const [due, ...others] = await forgettable(database, clock.time + 1, 10);
  expect([due, others]).toEqual([{ id, file: painted.file }, []]);
  if (due) await forget(database, pictures, due);
  expect(pictures.all.has(painted.file)).toBe(false);
  expect(await forgettable(database, clock.time + 1, 10)).toEqual([]);
  for (const table of ['requests', 'own_posts'])
    expect(JSON.stringify(await database.all(`SELECT * FROM ${table}`))).not.toContain('private');
  expect(await shown(database, id)).toMatchObject({ state: 'answered', address: undefined });
  expect(await queue.admit('here', mentionOf('1'), { request, cost: 1 })).toBeUndefined();
});

it('nothing is forgotten that is still pending', async () => {
  const { pictures, clock, queue, id } = await answeredOne();
  expect(await forgettable(queue.database, clock.time + 1e9, 10)).toEqual([]);
  await forgetNow(queue.database, pictures, id);
  expect(pictures.all.has(painted.file)).toBe(true);
  expect(claimed(await queue.claimReply()).answer).toEqual(painted);
});

it('one request is forgotten at once when its author wants so; a file that is gone already is fine', async () => {
  const { pictures, queue, id, answer } = await answeredOne();
  await answer();
  await forgetNow(queue.database, pictures, id);
  await forgetNow(queue.database, pictures, id);
  expect(pictures.all.has(painted.file)).toBe(false);
  expect((await shown(queue.database, id))?.answer).toBeUndefined();
});

it('nothing is forgotten while its picture cannot be removed, or its name would be lost', async () => {
  const { pictures, queue, id, answer } = await answeredOne();
  await answer();
  pictures.isAway = true;
  await expect(forgetNow(queue.database, pictures, id)).rejects.toThrow(StoreUnreachable);
  expect((await shown(queue.database, id))?.answer).toEqual(painted);
  pictures.isAway = false;
  await forgetNow(queue.database, pictures, id);
  expect(pictures.all.size).toBe(0);
});

it('what a clock that was years ahead has written down is forgotten in time all the same', async () => {
  const { clock, queue, answer } = await answeredOne();
  const { database } = queue;
  const now = clock.time;
  clock.time += 10 * 365 * 86_400_000;
  await answer();
  clock.time = now;
  await mendFuture(database, now);
  expect(await forgettable(database, now, 10)).toEqual([]);
  expect(await forgettable(database, now + 1, 10)).toHaveLength(1);
});
