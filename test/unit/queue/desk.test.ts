import { describe, expect, it } from 'vitest';
import {
  cancel,
  isPaused,
  listed,
  requestFor,
  requestOf,
  retry,
  setPaused,
  shown,
  tallies,
} from '../../../src/queue/desk.js';
import type { Queue } from '../../../src/queue/queue.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, Clock, newPlace, queueAt } from '../../support/queue.js';

const NOW = 2_000_000;

function desk() {
  const clock = new Clock();
  const queue = queueAt(newPlace(), clock.now);
  const ask = async (id: string, person = 'ada') => {
    await queue.admit('here', mentionOf(id, person), { request, cost: 1 });
    return (await requestFor(queue.database, 'here', id)) ?? NaN;
  };
  return { queue, database: queue.database, clock, ask };
}

const mentions = (found: readonly { readonly mentionId: string }[]) =>
  found.map(({ mentionId }) => mentionId);

it('what is pending is listed in the order of painting, what is in a state newest first', async () => {
  const { queue, database, ask } = desk();
  for (const [id, person] of [
    ['1', 'ada'],
    ['2', 'ada'],
    ['3', 'bela'],
  ] as const)
    await ask(id, person);
  expect(mentions(await listed(database, 'pending', 10))).toEqual(['1', '3', '2']);
  expect(mentions(await listed(database, 'queued', 10))).toEqual(['3', '2', '1']);
  expect(mentions(await listed(database, 'queued', 1))).toEqual(['3']);
  await queue.claimRender();
  expect(mentions(await listed(database, 'rendering', 10))).toEqual(['1']);
});

it('a request is shown with what came of it', async () => {
  const { queue, database, ask } = desk();
  const id = await ask('1');
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  expect(await shown(database, id)).toMatchObject({
    id,
    mentionId: '1',
    address: 'ada@here.example',
    state: 'answered',
    answer: painted,
    replyId: 'reply',
  });
  expect(await shown(database, 99)).toBeUndefined();
});

describe('cancelling', () => {
  it('ends what is pending, once, and nothing that is done', async () => {
    const { queue, database, ask } = desk();
    const id = await ask('1');
    const claim = claimed(await queue.claimRender());
    expect([await cancel(database, id, NOW), await cancel(database, id, NOW)]).toEqual([
      true,
      false,
    ]);
    expect([await queue.extend(claim), await queue.rendered(claim, painted)]).toEqual([
      false,
      false,
    ]);
    expect((await shown(database, id))?.state).toBe('cancelled');
  });
});

describe('trying again', () => {
  const cases: readonly (readonly [
    string,
    (queue: Queue) => Promise<unknown>,
    string | undefined,
  ])[] = [
    ['what was cancelled before it was painted', (queue) => queue.cancel('here', '1'), 'queued'],
    [
      'what was cancelled after it was painted',
      async (queue) => {
        await queue.rendered(claimed(await queue.claimRender()), painted);
        await queue.cancel('here', '1');
      },
      'answering',
    ],
    [
      'what could not be answered',
      async (queue) => {
        await queue.rendered(claimed(await queue.claimRender()), painted);
        await queue.unanswerable(claimed(await queue.claimReply()));
      },
      'answering',
    ],
    [
      'a render that was put off',
      async (queue) => queue.retryRender(claimed(await queue.claimRender()), 1_500_000),
      'queued',
    ],
    ['what is being painted', (queue) => queue.claimRender(), undefined],
    [
      'what was answered',
      async (queue) => {
        await queue.rendered(claimed(await queue.claimRender()), painted);
        await queue.answered(claimed(await queue.claimReply()), 'reply');
      },
      undefined,
    ],
  ];
  it.each(cases)('%s', async (_, prepare, expected) => {
    const { queue, database, ask } = desk();
    const id = await ask('1');
    await prepare(queue);
    expect(await retry(database, id, NOW)).toBe(expected !== undefined);
    if (expected === undefined) return;
    expect(await shown(database, id)).toMatchObject({ state: expected, attempts: 0, notBefore: 0 });
    const claim = expected === 'queued' ? await queue.claimRender() : await queue.claimReply();
    expect(claimed(claim)).toMatchObject({ id, attempt: 1 });
  });
});

it('while paused nothing is taken up for painting; mentions and answers go on', async () => {
  const { queue, database, ask } = desk();
  await ask('1');
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await ask('2');
  await setPaused(database, true);
  expect([await isPaused(database), await queue.claimRender()]).toEqual([true, undefined]);
  expect((await queue.claimReply())?.mention.id).toBe('1');
  await ask('3');
  await setPaused(database, false);
  expect(await isPaused(database)).toBe(false);
  expect((await queue.claimRender())?.mention.id).toBe('2');
});

it('the tallies follow every move', async () => {
  const { queue, database, ask } = desk();
  const nonZero = async () =>
    Object.fromEntries(Object.entries(await tallies(database)).filter(([, n]) => n > 0));
  for (const id of ['1', '2', '3']) await ask(id);
  expect(await nonZero()).toEqual({ queued: 3 });
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.claimRender();
  expect(await nonZero()).toEqual({ queued: 1, rendering: 1, answering: 1 });
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  await queue.cancel('here', '3');
  expect(await nonZero()).toEqual({ rendering: 1, answered: 1, cancelled: 1 });
});

it('a person’s request is found by their post and by our reply; nobody else finds it', async () => {
  const { queue, database, ask } = desk();
  const id = await ask('1');
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  const find = (platform: string, person: string, post: string) =>
    requestOf(database, platform, person, post);
  expect([await find('here', 'ada', '1'), await find('here', 'ada', 'reply')]).toEqual([id, id]);
  expect([
    await find('here', 'bela', '1'),
    await find('here', 'bela', 'reply'),
    await find('there', 'ada', '1'),
    await find('here', 'ada', 'other'),
  ]).toEqual([undefined, undefined, undefined, undefined]);
});
