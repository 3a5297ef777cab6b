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
} from '../../src/queue/desk.js';
import type { Queue } from '../../src/queue/queue.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { claimed, Clock, databaseFile, queueAt } from '../support/queue.js';

const NOW = 2_000_000;

function desk() {
  const clock = new Clock();
  const queue = queueAt(databaseFile(), clock.now);
  const ask = (id: string, person = 'ada') => {
    queue.admit('here', mentionOf(id, person), { request, cost: 1 });
    return requestFor(queue.database, 'here', id) ?? NaN;
  };
  return { queue, database: queue.database, clock, ask };
}

const mentions = (found: readonly { readonly mentionId: string }[]) =>
  found.map(({ mentionId }) => mentionId);

it('what is pending is listed in the order of painting, what is in a state newest first', () => {
  const { queue, database, ask } = desk();
  for (const [id, person] of [
    ['1', 'ada'],
    ['2', 'ada'],
    ['3', 'bela'],
  ] as const)
    ask(id, person);
  expect(mentions(listed(database, 'pending', 10))).toEqual(['1', '3', '2']);
  expect(mentions(listed(database, 'queued', 10))).toEqual(['3', '2', '1']);
  expect(mentions(listed(database, 'queued', 1))).toEqual(['3']);
  queue.claimRender();
  expect(mentions(listed(database, 'rendering', 10))).toEqual(['1']);
});

it('a request is shown with what came of it', () => {
  const { queue, database, ask } = desk();
  const id = ask('1');
  queue.rendered(claimed(queue.claimRender()), painted);
  queue.answered(claimed(queue.claimReply()), 'reply');
  expect(shown(database, id)).toMatchObject({
    id,
    mentionId: '1',
    address: 'ada@here.example',
    state: 'answered',
    answer: painted,
    replyId: 'reply',
  });
  expect(shown(database, 99)).toBeUndefined();
});

describe('cancelling', () => {
  it('ends what is pending, once, and nothing that is done', () => {
    const { queue, database, ask } = desk();
    const id = ask('1');
    const claim = claimed(queue.claimRender());
    expect([cancel(database, id, NOW), cancel(database, id, NOW)]).toEqual([true, false]);
    expect([queue.extend(claim), queue.rendered(claim, painted)]).toEqual([false, false]);
    expect(shown(database, id)?.state).toBe('cancelled');
  });
});

describe('trying again', () => {
  const cases: readonly (readonly [string, (queue: Queue) => void, string | undefined])[] = [
    ['what was cancelled before it was painted', (queue) => queue.cancel('here', '1'), 'queued'],
    [
      'what was cancelled after it was painted',
      (queue) => {
        queue.rendered(claimed(queue.claimRender()), painted);
        queue.cancel('here', '1');
      },
      'answering',
    ],
    [
      'what could not be answered',
      (queue) => {
        queue.rendered(claimed(queue.claimRender()), painted);
        queue.unanswerable(claimed(queue.claimReply()));
      },
      'answering',
    ],
    [
      'a render that was put off',
      (queue) => queue.retryRender(claimed(queue.claimRender()), 1_500_000),
      'queued',
    ],
    ['what is being painted', (queue) => queue.claimRender(), undefined],
    [
      'what was answered',
      (queue) => {
        queue.rendered(claimed(queue.claimRender()), painted);
        queue.answered(claimed(queue.claimReply()), 'reply');
      },
      undefined,
    ],
  ];
  it.each(cases)('%s', (_, prepare, expected) => {
    const { queue, database, ask } = desk();
    const id = ask('1');
    prepare(queue);
    expect(retry(database, id, NOW)).toBe(expected !== undefined);
    if (expected === undefined) return;
    expect(shown(database, id)).toMatchObject({ state: expected, attempts: 0, notBefore: 0 });
    const claim = expected === 'queued' ? queue.claimRender() : queue.claimReply();
    expect(claimed(claim)).toMatchObject({ id, attempt: 1 });
  });
});

it('while paused nothing is taken up for painting; mentions and answers go on', () => {
  const { queue, database, ask } = desk();
  ask('1');
  queue.rendered(claimed(queue.claimRender()), painted);
  ask('2');
  setPaused(database, true);
  expect([isPaused(database), queue.claimRender()]).toEqual([true, undefined]);
  expect(queue.claimReply()?.mention.id).toBe('1');
  ask('3');
  setPaused(database, false);
  expect(isPaused(database)).toBe(false);
  expect(queue.claimRender()?.mention.id).toBe('2');
});

it('the tallies follow every move', () => {
  const { queue, database, ask } = desk();
  const nonZero = () =>
    Object.fromEntries(Object.entries(tallies(database)).filter(([, n]) => n > 0));
  for (const id of ['1', '2', '3']) ask(id);
  expect(nonZero()).toEqual({ queued: 3 });
  queue.rendered(claimed(queue.claimRender()), painted);
  queue.claimRender();
  expect(nonZero()).toEqual({ queued: 1, rendering: 1, answering: 1 });
  queue.answered(claimed(queue.claimReply()), 'reply');
  queue.cancel('here', '3');
  expect(nonZero()).toEqual({ rendering: 1, answered: 1, cancelled: 1 });
});

it('a person’s request is found by their post and by our reply; nobody else finds it', () => {
  const { queue, database, ask } = desk();
  const id = ask('1');
  queue.rendered(claimed(queue.claimRender()), painted);
  queue.answered(claimed(queue.claimReply()), 'reply');
  const find = (platform: string, person: string, post: string) =>
    requestOf(database, platform, person, post);
  expect([find('here', 'ada', '1'), find('here', 'ada', 'reply')]).toEqual([id, id]);
  expect([
    find('here', 'bela', '1'),
    find('here', 'bela', 'reply'),
    find('there', 'ada', '1'),
    find('here', 'ada', 'other'),
  ]).toEqual([undefined, undefined, undefined, undefined]);
});
