import { expect, it } from 'vitest';
import type { Mention } from '../../../src/platforms/port.js';
import { block, unblock } from '../../../src/queue/blocks.js';
import { shown } from '../../../src/queue/desk.js';
import { hung, hungAt, takeDown } from '../../../src/queue/gallery.js';
import type { Queue } from '../../../src/queue/queue.js';
import type { Answer } from '../../../src/queue/states.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

/** Asks for something and has it answered. */
async function answered(queue: Queue, mention: Mention, answer: Answer = painted): Promise<void> {
  await queue.admit('here', mention, { request, cost: 1 });
  await queue.rendered(claimed(await queue.claimRender()), answer);
  await queue.answered(claimed(await queue.claimReply()), `reply to ${mention.id}`);
}

const titles = async (queue: Queue) =>
  (await hung(queue.database, 1e9, 100)).map(({ mention }) => mention.id);

it('only what was asked for in public hangs, newest first, page by page', async () => {
  const queue = queueAt(newPlace());
  for (const id of ['1', '2', '3']) await answered(queue, mentionOf(id));
  for (const visibility of ['unlisted', 'private', 'direct'] as const)
    await answered(queue, mentionOf(visibility, 'ada', { visibility }));
  expect(await titles(queue)).toEqual(['3', '2', '1']);
  const [newest] = await hung(queue.database, 1e9, 1);
  expect((await hung(queue.database, newest?.id ?? 0, 1)).map(({ mention }) => mention.id)).toEqual(
    ['2'],
  );
  expect(await hungAt(queue.database, 4)).toBeUndefined();
});

it('nothing sensitive hangs, nor what stands behind a warning, nor what is not painted', async () => {
  const queue = queueAt(newPlace());
  await answered(queue, mentionOf('1', 'ada', { sensitive: true }));
  await answered(queue, mentionOf('2', 'ada', { spoiler: 'careful' }));
  await answered(queue, mentionOf('3'), { ...painted, sensitive: true });
  await answered(queue, mentionOf('4'), { type: 'failed' });
  await queue.admit('here', mentionOf('5'), { request, cost: 1 });
  expect(await titles(queue)).toEqual([]);
});

it('whoever writes #nogallery has all of theirs taken down, and #gallery hangs them again', async () => {
  const queue = queueAt(newPlace());
  await answered(queue, mentionOf('1'));
  await answered(queue, mentionOf('2', 'eve'));
  await answered(queue, mentionOf('3', 'ada', { text: 'please #NoGallery!' }));
  await answered(queue, mentionOf('4'));
  expect(await titles(queue)).toEqual(['2']);
  await answered(queue, mentionOf('5', 'ada', { text: '#galleryland is elsewhere' }));
  expect(await titles(queue)).toEqual(['2']);
  await answered(queue, mentionOf('6', 'ada', { text: '#gallery' }));
  expect(await titles(queue)).toEqual(['6', '5', '4', '3', '2', '1']);
});

it('what the operator takes down hangs no longer, and is not deleted', async () => {
  const queue = queueAt(newPlace());
  for (const id of ['1', '2', '3']) await answered(queue, mentionOf(id));
  expect([await takeDown(queue.database, 2), await takeDown(queue.database, 2)]).toEqual([
    true,
    false,
  ]);
  expect(await takeDown(queue.database, 99)).toBe(false);
  expect(await titles(queue)).toEqual(['3', '1']);
  expect(await hungAt(queue.database, 2)).toBeUndefined();
  expect(await shown(queue.database, 2)).toMatchObject({ state: 'answered', answer: painted });
});

it('nothing hangs of who is blocked, and pages are as long as ever', async () => {
  const queue = queueAt(newPlace());
  const people = ['ada', 'eve', 'eve', 'ada', 'eve', 'ada'];
  for (const [i, person] of people.entries())
    await answered(queue, mentionOf(String(i + 1), person));
  await block(queue.database, '@Eve@here.example', 1);
  expect((await hung(queue.database, 6, 2)).map(({ mention }) => mention.id)).toEqual(['4', '1']);
  expect(await hungAt(queue.database, 2)).toBeUndefined();
  await unblock(queue.database, 'eve@here.example');
  expect(await titles(queue)).toHaveLength(6);
});

it('nothing hangs that was made of the pictures of somebody who minds, or is blocked', async () => {
  const queue = queueAt(newPlace());
  const { author: ada } = mentionOf('0', 'ada');
  const { author: bob } = mentionOf('0', 'bob');
  await answered(queue, mentionOf('1', 'eve', { picturesOf: [bob, ada] }));
  await answered(queue, mentionOf('2', 'eve'));
  expect(await titles(queue)).toEqual(['2', '1']);
  await answered(queue, mentionOf('3', 'ada', { text: '#nogallery' }));
  expect(await titles(queue)).toEqual(['2']);
  expect(await hungAt(queue.database, 1)).toBeUndefined();
  await answered(queue, mentionOf('4', 'ada', { text: '#gallery', visibility: 'direct' }));
  expect(await titles(queue)).toEqual(['3', '2', '1']);
  await block(queue.database, bob.address, 1);
  expect(await titles(queue)).toEqual(['3', '2']);
});
