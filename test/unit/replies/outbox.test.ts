import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { Metrics } from '../../../src/metrics.js';
import { notePost, requestFor, retry, shown } from '../../../src/queue/desk.js';
import { BudgetSpent, PictureRefused, PlatformError } from '../../../src/platforms/port.js';
import type { Queue } from '../../../src/queue/queue.js';
import { postAnswers } from '../../../src/replies/outbox.js';
import { placeSentence, sentenceFor } from '../../../src/replies/sentences.js';
import { mentionOf, painted, picture, request } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { MemoryPlatform } from '../../support/platform.js';
import { claimed, newPlace, LEASE_MS, queueAt } from '../../support/queue.js';

const refusal = { type: 'one picture' } as const;
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function outbox(...others: readonly MemoryPlatform[]) {
  const pictures = new MemoryPictures();
  pictures.set(painted.file, 'a picture');
  const file = newPlace();
  const queue = queueAt(file);
  const platform = new MemoryPlatform();
  const stop = new AbortController();
  const run = () => {
    const running = postAnswers(
      {
        platforms: [platform, ...others],
        queue,
        pictures,
        heartbeatMs: LEASE_MS / 3,
        metrics: new Metrics(() => Promise.resolve({})),
        log: createLog('silent'),
      },
      stop.signal,
    );
    running.catch(() => undefined); // a test that minds awaits it
    return running;
  };
  const states = () => {
    const database = new Database(file, { readonly: true });
    onTestFinished(() => void database.close());
    return database.prepare('SELECT state, reply_id AS reply FROM requests ORDER BY id').all();
  };
  return { queue, platform, pictures, stop, run, states };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const error = (kind: PlatformError['kind'], retryAt?: Date) =>
  new PlatformError(kind, 'no', retryAt);

async function paintOne(queue: Queue, id = '1', platform = 'memory'): Promise<void> {
  const content = { ...picture, description: 'My cat.' };
  await queue.admit(platform, mentionOf(id), { request: { ...request, content }, cost: 1 });
  await queue.rendered(claimed(await queue.claimRender()), painted);
}

describe('an answer', () => {
  it('is posted once, with its picture and its alt text', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    void run();
    await pass(HOUR);
    expect(platform.posts).toEqual([
      {
        mention: mentionOf('1'),
        reply: {
          text: sentenceFor(painted, request, mentionOf('1')),
          language: 'en',
          picture: {
            bytes: Buffer.from('a picture'),
            name: '1',
            description: 'A photo (My cat), repainted in the style of a painting.',
          },
          sensitive: false, // an older version's answer does not tell
        },
      },
    ]);
    expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
  });

  it('is marked as sensitive if what it was painted from is', async () => {
    const { queue, platform, run } = outbox();
    await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
    await queue.rendered(claimed(await queue.claimRender()), { ...painted, sensitive: true });
    void run();
    await pass(HOUR);
    expect(platform.posts[0]?.reply).toMatchObject({ sensitive: true });
  });

  it('that refuses is words only', async () => {
    const { queue, platform, run } = outbox();
    await queue.admit('memory', mentionOf('1'), { refusal });
    void run();
    await pass(0);
    expect(platform.posts.map(({ reply }) => reply)).toEqual([
      {
        text: sentenceFor({ type: 'refused', refusal }, undefined, mentionOf('1')),
        language: 'en',
      },
    ]);
  });

  it('that comes while the outbox waits is posted at once', async () => {
    const { queue, platform, run } = outbox();
    void run();
    await pass(10_500);
    await queue.admit('memory', mentionOf('1'), { refusal });
    await pass(0);
    expect(platform.posts).toHaveLength(1);
  });
});

it('an answer that another database already gave is not given again', async () => {
  const { queue, platform, run, states } = outbox();
  await paintOne(queue);
  const bytes = Buffer.from('from before the disk was lost');
  const picture = { bytes, name: '1', description: '' };
  await platform.reply(mentionOf('1'), { text: 'Here.', picture });
  void run();
  await pass(HOUR);
  expect(platform.posts).toHaveLength(1);
  expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
});

describe('a picture that cannot be reached', () => {
  it('is waited for, for days if need be, and posted as it was painted', async () => {
    const { queue, platform, pictures, run, states } = outbox();
    await paintOne(queue);
    await queue.admit('memory', mentionOf('2'), { refusal });
    pictures.isAway = true;
    void run();
    await pass(10 * 60_000);
    expect(states()).toMatchObject([{ state: 'answering' }, { state: 'answered' }]);
    expect(pictures.refusals).toBeGreaterThan(10);
    expect(pictures.refusals).toBeLessThan(70); // every 10 s at most
    expect(await queue.claimRender(), 'nothing is painted again').toBeUndefined();
    for (let day = 0; day < 70; day++) {
      vi.setSystemTime(Date.now() + 24 * HOUR);
      await pass(1000);
    }
    pictures.isAway = false;
    await pass(60_000);
    expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['2', '1']);
    expect(states()).toMatchObject([{ state: 'answered' }, { state: 'answered' }]);
  });

  it('is removed with its request as soon as it can be', async () => {
    const { queue, platform, pictures, run } = outbox();
    await paintOne(queue);
    void run();
    await pass(1000);
    pictures.isAway = true;
    await queue.admit('memory', mentionOf('wish'), { removal: 'reply to 1' });
    await pass(60_000);
    expect(platform.posts).toEqual([]);
    expect(pictures.all.has(painted.file)).toBe(true);
    pictures.isAway = false;
    await pass(60_000);
    expect(pictures.all.size).toBe(0);
    expect(await queue.pending()).toEqual([]);
  });
});

describe('a picture that is not as it was painted', () => {
  it.each([
    ['gone', (pictures: MemoryPictures) => pictures.all.clear()],
    ['cut short by a power cut', (pictures: MemoryPictures) => pictures.set(painted.file, 'a pic')],
  ])('because it is %s, is painted again instead of being posted', async (_, damage) => {
    const { queue, platform, pictures, run } = outbox();
    const answer = { ...painted, sha256: createHash('sha256').update('a picture').digest('hex') };
    await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
    await queue.rendered(claimed(await queue.claimRender()), answer);
    damage(pictures);
    void run();
    await pass(HOUR);
    expect(platform.posts).toEqual([]);
    const claim = claimed(await queue.claimRender());
    pictures.set(painted.file, 'a picture');
    await queue.rendered(claim, answer);
    await pass(HOUR);
    expect(platform.posts).toHaveLength(1);
  });
});

describe('#delete', () => {
  const wish = (postId: string, person = 'ada') =>
    [mentionOf('wish', person), { removal: postId }] as const;

  it.each([
    ['our reply', 'reply to 1'],
    ['their own post', '1'],
  ])(
    'in reply to %s, removes our reply, the picture and the words, without a word',
    async (_, postId) => {
      const { queue, platform, pictures, run } = outbox();
      await paintOne(queue);
      void run();
      await pass(0);
      expect(platform.posts).toHaveLength(1);
      await queue.admit('memory', ...wish(postId));
      await vi.waitFor(async () => expect(await queue.pending()).toEqual([]));
      expect(platform.posts).toEqual([]);
      expect(pictures.all.has(painted.file)).toBe(false);
      expect(await shown(queue.database, 1)).toMatchObject({
        address: undefined,
        answer: undefined,
      });
    },
  );

  it('of what is still waiting, cancels it', async () => {
    const { queue, platform, run } = outbox();
    await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
    await queue.admit('memory', ...wish('1'));
    void run();
    await vi.waitFor(async () => expect(await queue.pending()).toEqual([]));
    expect(platform.posts).toEqual([]);
    expect((await shown(queue.database, 1))?.state).toBe('cancelled');
  });

  it('by somebody else removes nothing and says how it works', async () => {
    const { queue, platform, pictures, run } = outbox();
    await paintOne(queue);
    void run();
    await pass(0);
    await queue.admit('memory', ...wish('reply to 1', 'mallory'));
    await pass(HOUR);
    expect(platform.posts.map(({ reply }) => reply.text)).toEqual([
      sentenceFor(painted, request, mentionOf('1')),
      expect.stringContaining('reply to it with #delete') as unknown,
    ]);
    expect(pictures.all.has(painted.file)).toBe(true);
  });
});

describe('when posting fails', () => {
  it.each(['before', 'after'] as const)(
    'and nobody knows whether it did (%s it was done), it looks before it posts again',
    async (when) => {
      const { queue, platform, run, states } = outbox();
      await paintOne(queue);
      platform.fails = [{ when, error: error('unreachable') }];
      void run();
      await pass(HOUR);
      expect(platform.posts).toHaveLength(1);
      expect(platform.looks).toBe(2);
      expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
    },
  );

  it('with an error of another kind, it is tried again all the same', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'before', error: new TypeError('a bug') }];
    void run();
    await pass(HOUR);
    expect(platform.posts).toHaveLength(1);
  });

  it('after a crash between posting and noting it, it does not post twice', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    const { mention } = claimed(await queue.claimReply()); // by a process that posts and dies
    await platform.reply(mention, {
      text: 'here',
      picture: { bytes: Buffer.from(''), name: '', description: '' },
    });
    void run();
    await pass(LEASE_MS + 2000);
    expect(platform.posts).toHaveLength(1);
    expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
  });

  it('for good, the request is unanswerable and the next one is answered', async () => {
    const { queue, platform, run, states } = outbox();
    for (const id of ['1', '2']) await paintOne(queue, id);
    platform.fails = [{ when: 'before', error: error('refused') }];
    void run();
    await pass(HOUR);
    expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['2']);
    expect(states()).toMatchObject([{ state: 'unanswerable' }, { state: 'answered' }]);
  });

  it('until a time that the network names, it waits so long', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'before', error: error('later', new Date(Date.now() + 2 * HOUR)) }];
    void run();
    await pass(2 * HOUR - 1);
    expect(platform.looks).toBe(1);
    await pass(1001);
    expect(platform.posts).toHaveLength(1);
  });

  it('until a time that is over by our clock, it does not use up its attempts in a hurry', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    const past = error('later', new Date(Date.now() - HOUR));
    platform.fails = Array.from({ length: 59 }, () => ({ when: 'before', error: past }));
    void run();
    await pass(60_000);
    expect(platform.looks).toBeGreaterThan(5);
    expect(platform.looks).toBeLessThan(25); // at 2.5 s to 6 s each
    await pass(HOUR);
    expect(states()).toMatchObject([{ state: 'answered' }]);
  });

  it('until a time that is years away, it waits as after any failure, longer and longer', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    const absurd = error('later', new Date('9999-12-31T23:59:59Z'));
    platform.fails = Array.from({ length: 8 }, () => ({ when: 'before', error: absurd }));
    void run();
    await pass(60_000);
    expect(platform.looks).toBeLessThan(7); // at 2.5 s, 5 s, 10 s … at least
    await pass(HOUR);
    expect(states()).toMatchObject([{ state: 'answered' }]);
  });

  it('always, it is given up at the sixtieth attempt', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    platform.fails = Array.from({ length: 61 }, () => ({
      when: 'before',
      error: error('unreachable'),
    }));
    void run();
    for (let attempt = 1; attempt <= 60; attempt++) {
      expect(states()).toMatchObject([{ state: 'answering' }]);
      await pass(1000); // the outbox looks up
      expect(61 - platform.fails.length).toBe(attempt);
      vi.setSystemTime(Date.now() + HOUR); // no wait is longer
    }
    expect(states()).toMatchObject([{ state: 'unanswerable' }]);
  });

  it('because one account is not let in any more, the answers of others go out and its own are kept', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'before', error: error('fatal') }];
    await queue.admit('memory', mentionOf('2'), { refusal });
    void run();
    await pass(1000);
    expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['2']);
    expect(states()).toMatchObject([{ state: 'answering' }, { state: 'answered' }]);
    await pass(HOUR);
    expect(platform.posts).toHaveLength(2);
  });

  it('because the network allows no more for now, it waits without an attempt, however often', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    const spent = () => new BudgetSpent('uploads', new Date(Date.now() + 1000));
    platform.reply = () => Promise.reject(spent());
    void run();
    for (let minute = 0; minute < 100; minute++) await pass(60_000);
    expect(states()).toMatchObject([{ state: 'answering' }]);
    await pass(2000);
    expect((await queue.claimReply())?.attempt ?? 1).toBe(1);
  });

  it('because the network does not take the picture, the person is told that it did not work out', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'before', error: new PictureRefused('not this one') }];
    void run();
    await pass(1000);
    expect(platform.posts.map(({ reply }) => reply)).toEqual([
      { text: expect.stringContaining('I am sorry') as string, language: 'en' },
    ]);
    expect(states()).toMatchObject([{ state: 'answered' }]);
  });

  it('a word on the place in the line is not taken for the answer, nor an answer in words for a picture', async () => {
    const { queue, platform, run } = outbox();
    const interim = {
      text: placeSentence({ ahead: 2, seconds: 60 }, mentionOf('1')),
      isInterim: true,
    };
    await platform.reply(mentionOf('1'), interim);
    await platform.reply(mentionOf('2'), interim);
    await paintOne(queue);
    await queue.admit('memory', mentionOf('2'), { refusal });
    void run();
    await pass(1000);
    expect(platform.posts.map(({ mention }) => mention.id).sort()).toEqual(['1', '1', '2', '2']);
  });
});

describe('an answer that is posted without the queue learning so', () => {
  const withdrawn = [mentionOf('1 deleted'), { removal: '1' }] as const;

  it('is found in the thread and removed when its person deletes the post', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'after', error: error('unreachable') }];
    void run();
    await pass(1000);
    expect(platform.posts).toHaveLength(1);
    await queue.admit('memory', ...withdrawn);
    await pass(HOUR);
    expect(platform.posts).toEqual([]);
  });

  it('is gone with its thread, if that is not there any more', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    platform.fails = [{ when: 'before', error: error('unreachable') }];
    void run();
    await pass(1000);
    platform.repliesTo = () => Promise.reject(error('refused'));
    await queue.admit('memory', ...withdrawn);
    await vi.waitFor(() =>
      expect(states()).toMatchObject([{ state: 'cancelled' }, { state: 'answered' }]),
    );
  });

  it('because another process has answered in our place, is left alone: it is the answer that one has found', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    const post = platform.reply.bind(platform);
    platform.reply = async (mention, reply) => {
      const id = await post(mention, reply);
      await queue.database.run(
        `UPDATE requests SET state = 'answered', reply_id = @id, lease_token = NULL, lease_until = NULL`,
        { id },
      );
      return id;
    };
    void run();
    await pass(1000);
    expect(platform.posts).toHaveLength(1);
  });

  it('because it was cancelled at that moment, is taken back', async () => {
    const { queue, platform, run, states } = outbox();
    await paintOne(queue);
    const post = platform.reply.bind(platform);
    platform.reply = async (mention, reply) => {
      await queue.cancel('memory', mention.id);
      return post(mention, reply);
    };
    void run();
    await pass(1000);
    expect(platform.posts).toEqual([]);
    expect(states()).toEqual([{ state: 'cancelled', reply: 'reply to 1' }]);
  });
});

/** The first request has a word on its place in the line; gives what is removed from now on. */
async function withInterim(
  { database }: Queue,
  platform: MemoryPlatform,
): Promise<readonly string[]> {
  await notePost(
    database,
    (await requestFor(database, 'memory', '1')) ?? fail(),
    'word',
    'interim_id',
  );
  const removed: string[] = [];
  platform.remove = (id) => Promise.resolve(void removed.push(id));
  return removed;
}

it('the word on the place in the line goes with the answer', async () => {
  const { queue, platform, run } = outbox();
  await paintOne(queue);
  const removed = await withInterim(queue, platform);
  void run();
  await pass(1000);
  await queue.admit('memory', mentionOf('wish'), { removal: '1' });
  await pass(1000);
  expect(removed).toEqual(['reply to 1', 'word']);
});

it('#delete under the word on the place in the line cancels the request', async () => {
  const { queue, platform, run } = outbox();
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  const removed = await withInterim(queue, platform);
  void run();
  await queue.admit('memory', mentionOf('wish'), { removal: 'word' });
  await pass(1000);
  expect(removed).toEqual(['word']);
  expect(await queue.claimRender()).toBeUndefined();
  expect(platform.posts).toEqual([]);
});

it('painted pictures are posted first, whoever has to be told something', async () => {
  const { queue, platform, run } = outbox();
  await queue.admit('memory', mentionOf('flood'), { refusal });
  await paintOne(queue);
  void run();
  await pass(1000);
  expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['1', 'flood']);
});

it('an apology can be taken back by the operator: it is painted again and answered once more', async () => {
  const { queue, platform, run } = outbox();
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  await queue.rendered(claimed(await queue.claimRender()), { type: 'failed' });
  void run();
  await pass(1000);
  const id = (await requestFor(queue.database, 'memory', '1')) ?? fail();
  expect(await retry(queue.database, id, Date.now())).toBe(true);
  await queue.rendered(claimed(await queue.claimRender()), painted);
  await pass(1000);
  expect(platform.posts.map(({ reply }) => reply.picture !== undefined)).toEqual([false, true]);
});

function fail(): never {
  throw new Error('there should be one');
}

describe('the outbox', () => {
  it('keeps its claim alive while the network is slow', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    platform.reply = () => new Promise((resolve) => setTimeout(() => resolve('slow'), 10_000));
    void run();
    await pass(9999);
    expect(await queue.claimReply()).toBeUndefined();
    await pass(1);
    expect(await queue.pending()).toEqual([]);
  });

  it('does not post what another process has taken over meanwhile', async () => {
    const { queue, platform, run } = outbox();
    await paintOne(queue);
    const reply = platform.reply.bind(platform);
    platform.reply = async (...args) => {
      // As after a sleep of the machine: the lease has run out, and nothing has extended it.
      vi.setSystemTime(Date.now() + LEASE_MS + 1);
      expect(claimed(await queue.claimReply()).mention.id).toBe('1');
      return reply(...args);
    };
    void run();
    await pass(0);
    await pass(1);
    expect(platform.posts).toEqual([]);
  });

  it('posts one answer after the other', async () => {
    const { queue, platform, run } = outbox();
    for (const id of ['1', '2', '3']) await paintOne(queue, id);
    let [now, most] = [0, 0];
    platform.reply = async ({ id }) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now--;
      return id;
    };
    void run();
    await pass(300);
    expect(await queue.pending()).toEqual([]);
    expect(most).toBe(1);
  });

  it('does not keep the answers of one account waiting for the server of another', async () => {
    const hanging = new MemoryPlatform('hanging');
    const { queue, platform, stop, run, states } = outbox(hanging);
    let answer: (id: string) => void = () => undefined;
    let asked = 0;
    hanging.reply = () => new Promise((resolve) => void (asked++, (answer = resolve)));
    for (const id of ['1', '2']) await paintOne(queue, id, 'hanging');
    for (const id of ['3', '4']) await paintOne(queue, id);
    const running = run();
    await pass(HOUR);
    expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['3', '4']);
    expect(asked, 'on one account one answer after the other').toBe(1);
    stop.abort();
    await pass(0);
    answer('last');
    await running;
    expect(states()).toMatchObject([
      { state: 'answered', reply: 'last' },
      { state: 'answering' },
      { state: 'answered' },
      { state: 'answered' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops with the signal, and lets a reply under way end', async () => {
    const { queue, platform, stop, run, states } = outbox();
    for (const id of ['1', '2']) await paintOne(queue, id);
    platform.reply = () => new Promise((resolve) => setTimeout(() => resolve('last'), 100));
    const running = run();
    await pass(50);
    stop.abort();
    await pass(50);
    await running;
    expect(states()).toMatchObject([{ state: 'answered', reply: 'last' }, { state: 'answering' }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops with the signal when there is nothing to do', async () => {
    const { stop, run } = outbox();
    const running = run();
    stop.abort();
    await running;
    expect(vi.getTimerCount()).toBe(0);
  });
});
