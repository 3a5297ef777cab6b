import { describe, expect, it } from 'vitest';
import type { Queue } from '../../src/queue/queue.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { claimed, Clock, databaseFile, LEASE_MS, queueAt } from '../support/queue.js';

function newQueue() {
  const clock = new Clock();
  return { clock, queue: queueAt(databaseFile(), clock.now) };
}

const outcome = { request, cost: 1 };
const refusal = { refusal: { type: 'one picture' } } as const;

describe('a mention', () => {
  it('that comes twice is one request, and the first is kept', () => {
    const { queue } = newQueue();
    expect(queue.admit('here', mentionOf('1', 'ada', { text: 'first' }), outcome)).toBeDefined();
    expect(
      queue.admit('here', mentionOf('1', 'bela', { text: 'second' }), refusal),
    ).toBeUndefined();
    expect(queue.pending()).toEqual([{ platform: 'here', mentionId: '1', state: 'queued' }]);
    expect(claimed(queue.claimRender()).mention.text).toBe('first');
    expect(queue.claimReply()).toBeUndefined();
  });

  it('with the same id on another platform is another request', () => {
    const { queue } = newQueue();
    expect(queue.admit('here', mentionOf('1'), outcome)).toBeDefined();
    expect(queue.admit('there', mentionOf('1'), outcome)).toBeDefined();
    expect([queue.claimRender()?.platform, queue.claimRender()?.platform]).toEqual([
      'here',
      'there',
    ]);
  });

  it('is forgotten neither when it is answered nor when it cannot be', () => {
    const { queue } = newQueue();
    queue.admit('here', mentionOf('1'), refusal);
    queue.admit('here', mentionOf('2'), refusal);
    queue.answered(claimed(queue.claimReply()), 'reply');
    queue.unanswerable(claimed(queue.claimReply()));
    for (const id of ['1', '2'])
      expect(queue.admit('here', mentionOf(id), outcome)).toBeUndefined();
    expect(queue.pending()).toEqual([]);
  });

  it('comes back from the database as it was', () => {
    const { queue } = newQueue();
    const mention = mentionOf('1', 'ada', {
      text: 'Grüße 🎨\n“zwei” \\ \u0000',
      visibility: 'direct',
      sensitive: true,
      spoiler: 'art',
      language: 'de',
    });
    const asked = {
      ...request,
      settings: { strength: 100, colors: 'keep' },
      notes: [{ type: 'clamped', parameter: 'strength', given: 300, used: 100, min: 0, max: 100 }],
    } as const;
    queue.admit('here', mention, { request: asked, cost: 2.5 });
    const claim = claimed(queue.claimRender());
    expect(claim).toMatchObject({ platform: 'here', mention, request: asked, attempt: 1 });
    queue.rendered(claim, painted);
    expect(queue.claimReply()).toMatchObject({ mention, request: asked, answer: painted });
  });
});

it('a refusal goes straight to be answered, and is never rendered', () => {
  const { queue } = newQueue();
  queue.admit('here', mentionOf('1'), refusal);
  expect(queue.claimRender()).toBeUndefined();
  const claim = claimed(queue.claimReply());
  expect(claim.answer).toEqual({ type: 'refused', ...refusal });
  expect(claim.request).toBeUndefined();
});

describe('a lease', () => {
  const twoHolders = () => {
    const { queue, clock } = newQueue();
    queue.admit('here', mentionOf('1'), outcome);
    const old = claimed(queue.claimRender());
    clock.time += LEASE_MS - 1;
    expect(queue.claimRender(), 'a moment before it runs out').toBeUndefined();
    clock.time += 1;
    return { queue, clock, old, young: claimed(queue.claimRender()) };
  };

  it('is exclusive until it runs out; the next holder counts as the second attempt', () => {
    const { old, young } = twoHolders();
    expect([old.id === young.id, old.attempt, young.attempt]).toEqual([true, 1, 2]);
  });

  it('fences off who held it before: their moves do nothing and say so', () => {
    const { queue, old, young } = twoHolders();
    expect([
      queue.extend(old),
      queue.rendered(old, { type: 'failed' }),
      queue.handBack(old),
      queue.retryRender(old, 0),
    ]).toEqual([false, false, false, false]);
    expect(queue.pending()).toEqual([{ platform: 'here', mentionId: '1', state: 'rendering' }]);
    expect(queue.claimRender()).toBeUndefined();
    expect(queue.rendered(young, painted)).toBe(true);
    expect(claimed(queue.claimReply()).answer).toEqual(painted);
  });

  it('lasts another time when it is extended', () => {
    const { queue, clock, young } = twoHolders();
    clock.time += LEASE_MS - 1;
    expect(queue.extend(young)).toBe(true);
    clock.time += LEASE_MS - 1;
    expect(queue.claimRender()).toBeUndefined();
    clock.time += 1;
    expect(claimed(queue.claimRender()).attempt).toBe(3);
  });

  it('that ran out unnoticed is still good', () => {
    const { queue, clock, young } = twoHolders();
    clock.time += 10 * LEASE_MS;
    expect(queue.rendered(young, painted)).toBe(true);
  });

  it('outlives the process that held it, so that a restart does not paint a picture twice at once', () => {
    const file = databaseFile();
    const clock = new Clock();
    const before = queueAt(file, clock.now);
    before.admit('here', mentionOf('1'), outcome);
    before.claimRender();
    before.close();
    const after = queueAt(file, clock.now);
    expect(after.claimRender()).toBeUndefined();
    clock.time += LEASE_MS;
    expect(claimed(after.claimRender()).mention.id).toBe('1');
  });
});

describe('a clock that is set back', () => {
  const DAY = 24 * 60 * 60_000;

  it('by a year makes nobody wait for a year: neither a lease nor a wait is so long', () => {
    const { queue, clock } = newQueue();
    clock.time += 365 * DAY;
    for (const id of ['1', '2', '3']) queue.admit('here', mentionOf(id), outcome);
    queue.admit('here', mentionOf('4'), refusal);
    claimed(queue.claimRender());
    queue.retryRender(claimed(queue.claimRender()), clock.time + DAY / 24);
    claimed(queue.claimReply());
    clock.time -= 365 * DAY;
    const ids = [queue.claimRender(), queue.claimRender(), queue.claimRender()];
    expect(ids.map((claim) => claim?.mention.id)).toEqual(['1', '2', '3']);
    expect(queue.claimReply()?.mention.id).toBe('4');
  });

  it('by less than a lease takes none away', () => {
    const { queue, clock } = newQueue();
    queue.admit('here', mentionOf('1'), outcome);
    const claim = claimed(queue.claimRender());
    clock.time += LEASE_MS / 2;
    queue.extend(claim);
    clock.time -= LEASE_MS / 2;
    expect(queue.extend(claim)).toBe(true);
    expect(queue.claimRender()).toBeUndefined();
  });
});

it('a machine that slept for a day goes on with what it held', () => {
  const { queue, clock } = newQueue();
  queue.admit('here', mentionOf('1'), outcome);
  const claim = claimed(queue.claimRender());
  clock.time += 24 * 60 * 60_000;
  expect(queue.extend(claim)).toBe(true);
  expect(queue.claimRender()).toBeUndefined();
  expect(queue.rendered(claim, painted)).toBe(true);
});

describe('a mention that is gone', () => {
  it.each([
    ['while it waits', () => undefined],
    ['while it is painted', (queue: Queue) => queue.claimRender()],
    [
      'while it is answered',
      (queue: Queue) => {
        queue.rendered(claimed(queue.claimRender()), painted);
        return queue.claimReply();
      },
    ],
  ])('%s, is not worked on any more', (_, advance) => {
    const { queue, clock } = newQueue();
    queue.admit('here', mentionOf('1'), outcome);
    const claim = advance(queue);
    expect(queue.cancel('here', '1')).toBe(true);
    if (claim) expect(queue.extend(claim), 'who holds it is told').toBe(false);
    clock.time += 10 * LEASE_MS;
    expect([queue.claimRender(), queue.claimReply(), queue.pending()]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('after it was answered, or that we never knew, changes nothing', () => {
    const { queue } = newQueue();
    queue.admit('here', mentionOf('1'), refusal);
    queue.answered(claimed(queue.claimReply()), 'reply');
    expect([queue.cancel('here', '1'), queue.cancel('there', '1')]).toEqual([false, false]);
  });
});

it('a picture that is lost before it is posted is painted again, with all its attempts', () => {
  const { queue } = newQueue();
  queue.admit('here', mentionOf('1'), outcome);
  queue.rendered(claimed(queue.claimRender()), painted);
  expect(queue.repaint(claimed(queue.claimReply()))).toBe(true);
  expect(queue.claimReply()).toBeUndefined();
  expect(claimed(queue.claimRender())).toMatchObject({ request, attempt: 1 });
});

it('a render that is handed back does not count as an attempt and is next again', () => {
  const { queue } = newQueue();
  for (const id of ['1', '2']) queue.admit('here', mentionOf(id), outcome);
  expect(queue.handBack(claimed(queue.claimRender()))).toBe(true);
  expect(claimed(queue.claimRender())).toMatchObject({ mention: { id: '1' }, attempt: 1 });
});

it('a render to be tried again waits, and keeps its place', () => {
  const { queue, clock } = newQueue();
  for (const id of ['1', '2', '3']) queue.admit('here', mentionOf(id), outcome);
  expect(queue.retryRender(claimed(queue.claimRender()), clock.time + 100)).toBe(true);
  expect(queue.pending()[0]).toEqual({ platform: 'here', mentionId: '1', state: 'queued' });
  expect(claimed(queue.claimRender()).mention.id).toBe('2');
  clock.time += 100;
  expect(claimed(queue.claimRender())).toMatchObject({ mention: { id: '1' }, attempt: 2 });
});

describe('a reply', () => {
  const toAnswer = () => {
    const { queue, clock } = newQueue();
    queue.admit('here', mentionOf('1'), refusal);
    return { queue, clock, claim: claimed(queue.claimReply()) };
  };

  it('is claimed by one at a time', () => {
    const { queue, clock, claim } = toAnswer();
    expect(queue.claimReply()).toBeUndefined();
    clock.time += LEASE_MS;
    expect(claimed(queue.claimReply()).attempt).toBe(2);
    expect([queue.answered(claim, 'reply'), queue.unanswerable(claim)]).toEqual([false, false]);
    expect(queue.pending()).toHaveLength(1);
  });

  it('to be tried again waits so long', () => {
    const { queue, clock, claim } = toAnswer();
    queue.retryReply(claim, clock.time + 5000);
    clock.time += 4999;
    expect(queue.claimReply()).toBeUndefined();
    clock.time += 1;
    expect(claimed(queue.claimReply()).attempt).toBe(2);
  });

  it('counts its attempts from 1, however often the render was tried', () => {
    const { queue, clock } = newQueue();
    queue.admit('here', mentionOf('1'), outcome);
    queue.retryRender(claimed(queue.claimRender()), clock.time);
    queue.rendered(claimed(queue.claimRender()), painted);
    expect(claimed(queue.claimReply()).attempt).toBe(1);
  });

  it.each([
    ['answered', (queue: Queue) => queue.answered(claimed(queue.claimReply()), 'reply')],
    ['unanswerable', (queue: Queue) => queue.unanswerable(claimed(queue.claimReply()))],
  ])('that is %s is done with for good', (_, finish) => {
    const { queue, clock, claim } = toAnswer();
    queue.retryReply(claim, 0);
    expect(finish(queue)).toBe(true);
    clock.time += 10 * LEASE_MS;
    expect([queue.claimReply(), queue.claimRender()]).toEqual([undefined, undefined]);
    expect(queue.answered(claim, 'another')).toBe(false);
  });
});

it('what is pending is listed in the order in which it will be painted', () => {
  const { queue } = newQueue();
  for (const id of ['1', '2', '3']) queue.admit('here', mentionOf(id, 'ada'), outcome);
  queue.admit('here', mentionOf('4', 'bela'), outcome);
  const order = () => queue.pending().map(({ mentionId, state }) => `${mentionId} ${state}`);
  expect(order()).toEqual(['1 queued', '4 queued', '2 queued', '3 queued']);
  queue.rendered(claimed(queue.claimRender()), painted);
  queue.claimRender();
  expect(order()).toEqual(['1 answering', '4 rendering', '2 queued', '3 queued']);
});

it('cursors are kept across restarts, apart for each platform', () => {
  const file = databaseFile();
  const before = queueAt(file);
  expect(before.cursor('here').get()).toBeUndefined();
  before.cursor('here').set('10');
  before.cursor('there').set('7');
  before.cursor('here').set('11');
  before.close();
  const after = queueAt(file);
  expect(['here', 'there', 'elsewhere'].map((name) => after.cursor(name).get())).toEqual([
    '11',
    '7',
    undefined,
  ]);
});

it('every move is announced, and a mention that was there already is not', () => {
  const { queue, clock } = newQueue();
  let changes = 0;
  queue.on('change', () => changes++);
  const announced = (act: () => unknown) => {
    changes = 0;
    act();
    return changes;
  };
  const render = () => claimed(queue.claimRender());
  expect(announced(() => queue.admit('here', mentionOf('1'), outcome))).toBe(1);
  expect(announced(() => queue.admit('here', mentionOf('1'), outcome))).toBe(0);
  expect(announced(render)).toBe(1);
  clock.time += LEASE_MS;
  expect(announced(() => queue.handBack(render()))).toBe(2);
  expect(announced(() => queue.retryRender(render(), 0))).toBe(2);
  expect(announced(() => queue.rendered(render(), painted))).toBe(2);
  expect(announced(() => queue.retryReply(claimed(queue.claimReply()), 0))).toBe(1);
  expect(announced(() => queue.answered(claimed(queue.claimReply()), 'reply'))).toBe(1);
  expect(announced(() => queue.claimRender())).toBe(0);
});
