import { describe, expect, it } from 'vitest';
import type { Queue } from '../../../src/queue/queue.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, Clock, newPlace, LEASE_MS, queueAt } from '../../support/queue.js';

function newQueue() {
  const clock = new Clock();
  return { clock, queue: queueAt(newPlace(), clock.now) };
}

const outcome = { request, cost: 1 };
const refusal = { refusal: { type: 'one picture' } } as const;

describe('a mention', () => {
  it('that comes twice is one request, and the first is kept', async () => {
    const { queue } = newQueue();
    expect(
      await queue.admit('here', mentionOf('1', 'ada', { text: 'first' }), outcome),
    ).toBeDefined();
    expect(
      await queue.admit('here', mentionOf('1', 'bela', { text: 'second' }), refusal),
    ).toBeUndefined();
    expect(await queue.pending()).toEqual([{ platform: 'here', mentionId: '1', state: 'queued' }]);
    expect(claimed(await queue.claimRender()).mention.text).toBe('first');
    expect(await queue.claimReply()).toBeUndefined();
  });

  it('is painted only by who has an account there', async () => {
    const { queue } = newQueue();
    await queue.admit('here', mentionOf('1'), outcome);
    await queue.admit('there', mentionOf('2'), outcome);
    expect(await queue.claimRender([], [])).toBeUndefined();
    expect((await queue.claimRender([], ['there']))?.platform).toBe('there');
    expect(await queue.claimRender([], ['there'])).toBeUndefined();
    expect((await queue.claimRender([], ['there', 'here']))?.platform).toBe('here');
  });

  it('with the same id on another platform is another request', async () => {
    const { queue } = newQueue();
    expect(await queue.admit('here', mentionOf('1'), outcome)).toBeDefined();
    expect(await queue.admit('there', mentionOf('1'), outcome)).toBeDefined();
    expect([(await queue.claimRender())?.platform, (await queue.claimRender())?.platform]).toEqual([
      'here',
      'there',
    ]);
  });

  it('is forgotten neither when it is answered nor when it cannot be', async () => {
    const { queue } = newQueue();
    await queue.admit('here', mentionOf('1'), refusal);
    await queue.admit('here', mentionOf('2'), refusal);
    await queue.answered(claimed(await queue.claimReply()), 'reply');
    await queue.unanswerable(claimed(await queue.claimReply()));
    for (const id of ['1', '2'])
      expect(await queue.admit('here', mentionOf(id), outcome)).toBeUndefined();
    expect(await queue.pending()).toEqual([]);
  });

  it('comes back from the database as it was', async () => {
    const { queue } = newQueue();
    const mention = mentionOf('1', 'ada', {
      text: 'Grüße 🎨\n“zwei” \\ \\u0000',
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
    await queue.admit('here', mention, { request: asked, cost: 2.5 });
    const claim = claimed(await queue.claimRender());
    expect(claim).toMatchObject({ platform: 'here', mention, request: asked, attempt: 1 });
    await queue.rendered(claim, painted);
    expect(await queue.claimReply()).toMatchObject({ mention, request: asked, answer: painted });
  });
});

it('a refusal goes straight to be answered, and is never rendered', async () => {
  const { queue } = newQueue();
  await queue.admit('here', mentionOf('1'), refusal);
  expect(await queue.claimRender()).toBeUndefined();
  const claim = claimed(await queue.claimReply());
  expect(claim.answer).toEqual({ type: 'refused', ...refusal });
  expect(claim.request).toBeUndefined();
});

describe('a lease', () => {
  const twoHolders = async () => {
    const { queue, clock } = newQueue();
    await queue.admit('here', mentionOf('1'), outcome);
    const old = claimed(await queue.claimRender());
    clock.time += LEASE_MS - 1;
    expect(await queue.claimRender(), 'a moment before it runs out').toBeUndefined();
    clock.time += 1;
    return { queue, clock, old, young: claimed(await queue.claimRender()) };
  };

  it('is exclusive until it runs out; the next holder counts as the second attempt', async () => {
    const { old, young } = await twoHolders();
    expect([old.id === young.id, old.attempt, young.attempt]).toEqual([true, 1, 2]);
  });

  it('fences off who held it before: their moves do nothing and say so', async () => {
    const { queue, old, young } = await twoHolders();
    expect([
      await queue.extend(old),
      await queue.rendered(old, { type: 'failed' }),
      await queue.handBack(old),
      await queue.retryRender(old, 0),
    ]).toEqual([false, false, false, false]);
    expect(await queue.pending()).toEqual([
      { platform: 'here', mentionId: '1', state: 'rendering' },
    ]);
    expect(await queue.claimRender()).toBeUndefined();
    expect(await queue.rendered(young, painted)).toBe(true);
    expect(claimed(await queue.claimReply()).answer).toEqual(painted);
  });

  it('lasts another time when it is extended', async () => {
    const { queue, clock, young } = await twoHolders();
    clock.time += LEASE_MS - 1;
    expect(await queue.extend(young)).toBe(true);
    clock.time += LEASE_MS - 1;
    expect(await queue.claimRender()).toBeUndefined();
    clock.time += 1;
    expect(claimed(await queue.claimRender()).attempt).toBe(3);
  });

  it('that ran out unnoticed is still good', async () => {
    const { queue, clock, young } = await twoHolders();
    clock.time += 10 * LEASE_MS;
    expect(await queue.rendered(young, painted)).toBe(true);
  });

  it('outlives the process that held it, so that a restart does not paint a picture twice at once', async () => {
    const file = newPlace();
    const clock = new Clock();
    const before = queueAt(file, clock.now);
    await before.admit('here', mentionOf('1'), outcome);
    await before.claimRender();
    await before.close();
    const after = queueAt(file, clock.now);
    expect(await after.claimRender()).toBeUndefined();
    clock.time += LEASE_MS;
    expect(claimed(await after.claimRender()).mention.id).toBe('1');
  });
});

describe('a clock that is set back', () => {
  const DAY = 24 * 60 * 60_000;

  it('by a year makes nobody wait for a year: neither a lease nor a wait is so long', async () => {
    const { queue, clock } = newQueue();
    clock.time += 365 * DAY;
    for (const id of ['1', '2', '3']) await queue.admit('here', mentionOf(id), outcome);
    await queue.admit('here', mentionOf('4'), refusal);
    claimed(await queue.claimRender());
    await queue.retryRender(claimed(await queue.claimRender()), clock.time + DAY / 24);
    claimed(await queue.claimReply());
    clock.time -= 365 * DAY;
    const ids = [await queue.claimRender(), await queue.claimRender(), await queue.claimRender()];
    expect(ids.map((claim) => claim?.mention.id)).toEqual(['1', '2', '3']);
    expect((await queue.claimReply())?.mention.id).toBe('4');
  });

  it('by less than a lease takes none away', async () => {
    const { queue, clock } = newQueue();
    await queue.admit('here', mentionOf('1'), outcome);
    const claim = claimed(await queue.claimRender());
    clock.time += LEASE_MS / 2;
    await queue.extend(claim);
    clock.time -= LEASE_MS / 2;
    expect(await queue.extend(claim)).toBe(true);
    expect(await queue.claimRender()).toBeUndefined();
  });
});

it('a machine that slept for a day goes on with what it held', async () => {
  const { queue, clock } = newQueue();
  await queue.admit('here', mentionOf('1'), outcome);
  const claim = claimed(await queue.claimRender());
  clock.time += 24 * 60 * 60_000;
  expect(await queue.extend(claim)).toBe(true);
  expect(await queue.claimRender()).toBeUndefined();
  expect(await queue.rendered(claim, painted)).toBe(true);
});

describe('a mention that is gone', () => {
  it.each([
    ['while it waits', () => undefined],
    ['while it is painted', (queue: Queue) => queue.claimRender()],
    [
      'while it is answered',
      async (queue: Queue) => {
        await queue.rendered(claimed(await queue.claimRender()), painted);
        return await queue.claimReply();
      },
    ],
  ])('%s, is not worked on any more', async (_, advance) => {
    const { queue, clock } = newQueue();
    await queue.admit('here', mentionOf('1'), outcome);
    const claim = await advance(queue);
    expect(await queue.cancel('here', '1')).toBe(true);
    if (claim) expect(await queue.extend(claim), 'who holds it is told').toBe(false);
    clock.time += 10 * LEASE_MS;
    expect([await queue.claimRender(), await queue.claimReply(), await queue.pending()]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('after it was answered, or that we never knew, changes nothing', async () => {
    const { queue } = newQueue();
    await queue.admit('here', mentionOf('1'), refusal);
    await queue.answered(claimed(await queue.claimReply()), 'reply');
    expect([await queue.cancel('here', '1'), await queue.cancel('there', '1')]).toEqual([
      false,
      false,
    ]);
  });
});

it('a picture that is lost before it is posted is painted again, with all its attempts', async () => {
  const { queue } = newQueue();
  await queue.admit('here', mentionOf('1'), outcome);
  await queue.rendered(claimed(await queue.claimRender()), painted);
  expect(await queue.repaint(claimed(await queue.claimReply()))).toBe(true);
  expect(await queue.claimReply()).toBeUndefined();
  expect(claimed(await queue.claimRender())).toMatchObject({ request, attempt: 1 });
});

it('a render that is handed back does not count as an attempt and is next again', async () => {
  const { queue } = newQueue();
  for (const id of ['1', '2']) await queue.admit('here', mentionOf(id), outcome);
  expect(await queue.handBack(claimed(await queue.claimRender()))).toBe(true);
  expect(claimed(await queue.claimRender())).toMatchObject({ mention: { id: '1' }, attempt: 1 });
});

it('a render to be tried again waits, and keeps its place', async () => {
  const { queue, clock } = newQueue();
  for (const id of ['1', '2', '3']) await queue.admit('here', mentionOf(id), outcome);
  expect(await queue.retryRender(claimed(await queue.claimRender()), clock.time + 100)).toBe(true);
  expect((await queue.pending())[0]).toEqual({ platform: 'here', mentionId: '1', state: 'queued' });
  expect(claimed(await queue.claimRender()).mention.id).toBe('2');
  clock.time += 100;
  expect(claimed(await queue.claimRender())).toMatchObject({ mention: { id: '1' }, attempt: 2 });
});

describe('a reply', () => {
  const toAnswer = async () => {
    const { queue, clock } = newQueue();
    await queue.admit('here', mentionOf('1'), refusal);
    return { queue, clock, claim: claimed(await queue.claimReply()) };
  };

  it('is claimed by one at a time', async () => {
    const { queue, clock, claim } = await toAnswer();
    expect(await queue.claimReply()).toBeUndefined();
    clock.time += LEASE_MS;
    expect(claimed(await queue.claimReply()).attempt).toBe(2);
    expect([await queue.answered(claim, 'reply'), await queue.unanswerable(claim)]).toEqual([
      false,
      false,
    ]);
    expect(await queue.pending()).toHaveLength(1);
  });

  it('to be tried again waits so long', async () => {
    const { queue, clock, claim } = await toAnswer();
    await queue.retryReply(claim, clock.time + 5000);
    clock.time += 4999;
    expect(await queue.claimReply()).toBeUndefined();
    clock.time += 1;
    expect(claimed(await queue.claimReply()).attempt).toBe(2);
  });

  it('counts its attempts from 1, however often the render was tried', async () => {
    const { queue, clock } = newQueue();
    await queue.admit('here', mentionOf('1'), outcome);
    await queue.retryRender(claimed(await queue.claimRender()), clock.time);
    await queue.rendered(claimed(await queue.claimRender()), painted);
    expect(claimed(await queue.claimReply()).attempt).toBe(1);
  });

  it.each([
    [
      'answered',
      async (queue: Queue) => queue.answered(claimed(await queue.claimReply()), 'reply'),
    ],
    ['unanswerable', async (queue: Queue) => queue.unanswerable(claimed(await queue.claimReply()))],
  ])('that is %s is done with for good', async (_, finish) => {
    const { queue, clock, claim } = await toAnswer();
    await queue.retryReply(claim, 0);
    expect(await finish(queue)).toBe(true);
    clock.time += 10 * LEASE_MS;
    expect([await queue.claimReply(), await queue.claimRender()]).toEqual([undefined, undefined]);
    expect(await queue.answered(claim, 'another')).toBe(false);
  });
});

it('what is pending is listed in the order in which it will be painted', async () => {
  const { queue } = newQueue();
  for (const id of ['1', '2', '3']) await queue.admit('here', mentionOf(id, 'ada'), outcome);
  await queue.admit('here', mentionOf('4', 'bela'), outcome);
  const order = async () =>
    (await queue.pending()).map(({ mentionId, state }) => `${mentionId} ${state}`);
  expect(await order()).toEqual(['1 queued', '4 queued', '2 queued', '3 queued']);
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.claimRender();
  expect(await order()).toEqual(['1 answering', '4 rendering', '2 queued', '3 queued']);
});

it('cursors are kept across restarts, apart for each platform', async () => {
  const file = newPlace();
  const before = queueAt(file);
  expect(await before.cursor('here').get()).toBeUndefined();
  await before.cursor('here').set('10');
  await before.cursor('there').set('7');
  await before.cursor('here').set('11');
  await before.close();
  const after = queueAt(file);
  const names = ['here', 'there', 'elsewhere'];
  const positions = await Promise.all(names.map((name) => after.cursor(name).get()));
  expect(positions).toEqual(['11', '7', undefined]);
});

it('every move is announced, and a mention that was there already is not', async () => {
  const { queue, clock } = newQueue();
  let changes = 0;
  queue.on('change', () => changes++);
  const announced = async (act: () => Promise<unknown>) => {
    changes = 0;
    await act();
    return changes;
  };
  const render = async () => claimed(await queue.claimRender());
  expect(await announced(() => queue.admit('here', mentionOf('1'), outcome))).toBe(1);
  expect(await announced(() => queue.admit('here', mentionOf('1'), outcome))).toBe(0);
  expect(await announced(render)).toBe(1);
  clock.time += LEASE_MS;
  expect(await announced(async () => queue.handBack(await render()))).toBe(2);
  expect(await announced(async () => queue.retryRender(await render(), 0))).toBe(2);
  expect(await announced(async () => queue.rendered(await render(), painted))).toBe(2);
  expect(await announced(async () => queue.retryReply(claimed(await queue.claimReply()), 0))).toBe(
    1,
  );
  expect(
    await announced(async () => queue.answered(claimed(await queue.claimReply()), 'reply')),
  ).toBe(1);
  expect(await announced(() => queue.claimRender())).toBe(0);
});
