import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/log.js';
import { PlatformError } from '../../src/platforms/port.js';
import type { Queue } from '../../src/queue/queue.js';
import { postAnswers } from '../../src/replies/outbox.js';
import { sentenceFor } from '../../src/replies/sentences.js';
import { mentionOf, painted, picture, request } from '../support/fixtures.js';
import { MemoryPlatform } from '../support/platform.js';
import { claimed, databaseFile, LEASE_MS, queueAt } from '../support/queue.js';

const refusal = { type: 'one picture' } as const;
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function outbox() {
  const file = databaseFile();
  const queue = queueAt(file);
  const platform = new MemoryPlatform();
  const stop = new AbortController();
  const run = () => {
    const running = postAnswers(
      {
        platforms: [platform],
        queue,
        folder: '/data',
        heartbeatMs: LEASE_MS / 3,
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
  return { queue, platform, stop, run, states };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const error = (kind: PlatformError['kind'], retryAt?: Date) =>
  new PlatformError(kind, 'no', retryAt);

function paintOne(queue: Queue, id = '1'): void {
  const content = { ...picture, description: 'My cat.' };
  queue.admit('memory', mentionOf(id), { request: { ...request, content }, cost: 1 });
  queue.rendered(claimed(queue.claimRender()), painted);
}

describe('an answer', () => {
  it('is posted once, with its picture and its alt text', async () => {
    const { queue, platform, run, states } = outbox();
    paintOne(queue);
    void run();
    await pass(HOUR);
    expect(platform.posts).toEqual([
      {
        mention: mentionOf('1'),
        reply: {
          text: sentenceFor(painted, request),
          picture: {
            file: '/data/pictures/1.jpg',
            description: 'A photo (My cat), repainted in the style of a painting.',
          },
          sensitive: false, // an older version's answer does not tell
        },
        key: 'pentimento-1',
      },
    ]);
    expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
    expect(platform.looks, 'a first attempt need not look').toBe(0);
  });

  it('is marked as sensitive if what it was painted from is', async () => {
    const { queue, platform, run } = outbox();
    queue.admit('memory', mentionOf('1'), { request, cost: 1 });
    queue.rendered(claimed(queue.claimRender()), { ...painted, sensitive: true });
    void run();
    await pass(HOUR);
    expect(platform.posts[0]?.reply).toMatchObject({ sensitive: true });
  });

  it('that refuses is words only', async () => {
    const { queue, platform, run } = outbox();
    queue.admit('memory', mentionOf('1'), { refusal });
    void run();
    await pass(0);
    expect(platform.posts.map(({ reply }) => reply)).toEqual([
      { text: sentenceFor({ type: 'refused', refusal }, undefined) },
    ]);
  });

  it('that comes while the outbox waits is posted at once', async () => {
    const { queue, platform, run } = outbox();
    void run();
    await pass(10_500);
    queue.admit('memory', mentionOf('1'), { refusal });
    await pass(0);
    expect(platform.posts).toHaveLength(1);
  });
});

describe('when posting fails', () => {
  it.each(['before', 'after'] as const)(
    'and nobody knows whether it did (%s it was done), it looks before it posts again',
    async (when) => {
      const { queue, platform, run, states } = outbox();
      paintOne(queue);
      platform.fails = [{ when, error: error('unreachable') }];
      void run();
      await pass(HOUR);
      expect(platform.posts).toHaveLength(1);
      expect(platform.looks).toBe(1);
      expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
    },
  );

  it('with an error of another kind, it is tried again all the same', async () => {
    const { queue, platform, run } = outbox();
    paintOne(queue);
    platform.fails = [{ when: 'before', error: new TypeError('a bug') }];
    void run();
    await pass(HOUR);
    expect(platform.posts).toHaveLength(1);
  });

  it('after a crash between posting and noting it, it does not post twice', async () => {
    const { queue, platform, run, states } = outbox();
    paintOne(queue);
    const { mention } = claimed(queue.claimReply()); // by a process that posts and dies
    await platform.reply(mention, { text: 'here' }, 'key');
    void run();
    await pass(LEASE_MS + 2000);
    expect(platform.posts).toHaveLength(1);
    expect(states()).toEqual([{ state: 'answered', reply: 'reply to 1' }]);
  });

  it('for good, the request is unanswerable and the next one is answered', async () => {
    const { queue, platform, run, states } = outbox();
    for (const id of ['1', '2']) paintOne(queue, id);
    platform.fails = [{ when: 'before', error: error('refused') }];
    void run();
    await pass(HOUR);
    expect(platform.posts.map(({ mention }) => mention.id)).toEqual(['2']);
    expect(states()).toMatchObject([{ state: 'unanswerable' }, { state: 'answered' }]);
  });

  it('until a time that the network names, it waits so long', async () => {
    const { queue, platform, run } = outbox();
    paintOne(queue);
    platform.fails = [{ when: 'before', error: error('later', new Date(Date.now() + 2 * HOUR)) }];
    void run();
    await pass(2 * HOUR - 1);
    expect(platform.looks).toBe(0);
    await pass(1001);
    expect(platform.posts).toHaveLength(1);
  });

  it('always, it is given up at the sixtieth attempt', async () => {
    const { queue, platform, run, states } = outbox();
    paintOne(queue);
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

  it('because the network will not have us any more, it ends with that error and keeps the answer', async () => {
    const { queue, platform, run, states } = outbox();
    paintOne(queue);
    const fatal = error('fatal');
    platform.fails = [{ when: 'before', error: fatal }];
    await expect(run()).rejects.toBe(fatal);
    expect(states()).toMatchObject([{ state: 'answering' }]);
    await pass(HOUR);
    expect(queue.claimReply()?.attempt).toBe(2); // for the next run, with a new token
  });
});

describe('the outbox', () => {
  it('keeps its claim alive while the network is slow', async () => {
    const { queue, platform, run } = outbox();
    paintOne(queue);
    platform.reply = () => new Promise((resolve) => setTimeout(() => resolve('slow'), 10_000));
    void run();
    await pass(9999);
    expect(queue.claimReply()).toBeUndefined();
    await pass(1);
    expect(queue.pending()).toEqual([]);
  });

  it('posts one answer after the other', async () => {
    const { queue, platform, run } = outbox();
    for (const id of ['1', '2', '3']) paintOne(queue, id);
    let [now, most] = [0, 0];
    platform.reply = async ({ id }) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now--;
      return id;
    };
    void run();
    await pass(300);
    expect(queue.pending()).toEqual([]);
    expect(most).toBe(1);
  });

  it('stops with the signal, and lets a reply under way end', async () => {
    const { queue, platform, stop, run, states } = outbox();
    for (const id of ['1', '2']) paintOne(queue, id);
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
