import { expect, it } from 'vitest';
import type { Mention } from '../../src/platforms/port.js';
import { block, unblock } from '../../src/queue/blocks.js';
import { shown } from '../../src/queue/desk.js';
import { hung, hungAt, takeDown } from '../../src/queue/gallery.js';
import type { Queue } from '../../src/queue/queue.js';
import type { Answer } from '../../src/queue/states.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { claimed, databaseFile, queueAt } from '../support/queue.js';

/** Asks for something and has it answered. */
function answered(queue: Queue, mention: Mention, answer: Answer = painted): void {
  queue.admit('here', mention, { request, cost: 1 });
  queue.rendered(claimed(queue.claimRender()), answer);
  queue.answered(claimed(queue.claimReply()), `reply to ${mention.id}`);
}

const titles = (queue: Queue) => hung(queue.database, 1e9, 100).map(({ mention }) => mention.id);

it('only what was asked for in public hangs, newest first, page by page', () => {
  const queue = queueAt(databaseFile());
  for (const id of ['1', '2', '3']) answered(queue, mentionOf(id));
  for (const visibility of ['unlisted', 'private', 'direct'] as const)
    answered(queue, mentionOf(visibility, 'ada', { visibility }));
  expect(titles(queue)).toEqual(['3', '2', '1']);
  const [newest] = hung(queue.database, 1e9, 1);
  expect(hung(queue.database, newest?.id ?? 0, 1).map(({ mention }) => mention.id)).toEqual(['2']);
  expect(hungAt(queue.database, 4)).toBeUndefined();
});

it('nothing sensitive hangs, nor what stands behind a warning, nor what is not painted', () => {
  const queue = queueAt(databaseFile());
  answered(queue, mentionOf('1', 'ada', { sensitive: true }));
  answered(queue, mentionOf('2', 'ada', { spoiler: 'careful' }));
  answered(queue, mentionOf('3'), { ...painted, sensitive: true });
  answered(queue, mentionOf('4'), { type: 'failed' });
  queue.admit('here', mentionOf('5'), { request, cost: 1 });
  expect(titles(queue)).toEqual([]);
});

it('whoever writes #nogallery has all of theirs taken down, and #gallery hangs them again', () => {
  const queue = queueAt(databaseFile());
  answered(queue, mentionOf('1'));
  answered(queue, mentionOf('2', 'eve'));
  answered(queue, mentionOf('3', 'ada', { text: 'please #NoGallery!' }));
  answered(queue, mentionOf('4'));
  expect(titles(queue)).toEqual(['2']);
  answered(queue, mentionOf('5', 'ada', { text: '#galleryland is elsewhere' }));
  expect(titles(queue)).toEqual(['2']);
  answered(queue, mentionOf('6', 'ada', { text: '#gallery' }));
  expect(titles(queue)).toEqual(['6', '5', '4', '3', '2', '1']);
});

it('what the operator takes down hangs no longer, and is not deleted', () => {
  const queue = queueAt(databaseFile());
  for (const id of ['1', '2', '3']) answered(queue, mentionOf(id));
  expect([takeDown(queue.database, 2), takeDown(queue.database, 2)]).toEqual([true, false]);
  expect(takeDown(queue.database, 99)).toBe(false);
  expect(titles(queue)).toEqual(['3', '1']);
  expect(hungAt(queue.database, 2)).toBeUndefined();
  expect(shown(queue.database, 2)).toMatchObject({ state: 'answered', answer: painted });
});

it('nothing hangs of who is blocked, and pages are as long as ever', () => {
  const queue = queueAt(databaseFile());
  const people = ['ada', 'eve', 'eve', 'ada', 'eve', 'ada'];
  for (const [i, person] of people.entries()) answered(queue, mentionOf(String(i + 1), person));
  block(queue.database, '@Eve@here.example', 1);
  expect(hung(queue.database, 6, 2).map(({ mention }) => mention.id)).toEqual(['4', '1']);
  expect(hungAt(queue.database, 2)).toBeUndefined();
  unblock(queue.database, 'eve@here.example');
  expect(titles(queue)).toHaveLength(6);
});

it('nothing hangs that was made of the pictures of somebody who minds, or is blocked', () => {
  const queue = queueAt(databaseFile());
  const { author: ada } = mentionOf('0', 'ada');
  const { author: bob } = mentionOf('0', 'bob');
  answered(queue, mentionOf('1', 'eve', { picturesOf: [bob, ada] }));
  answered(queue, mentionOf('2', 'eve'));
  expect(titles(queue)).toEqual(['2', '1']);
  answered(queue, mentionOf('3', 'ada', { text: '#nogallery' }));
  expect(titles(queue)).toEqual(['2']);
  expect(hungAt(queue.database, 1)).toBeUndefined();
  answered(queue, mentionOf('4', 'ada', { text: '#gallery', visibility: 'direct' }));
  expect(titles(queue)).toEqual(['3', '2', '1']);
  block(queue.database, bob.address, 1);
  expect(titles(queue)).toEqual(['3', '2']);
});
