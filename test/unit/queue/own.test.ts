import { describe, expect, it } from 'vitest';
import { setPaused, shown } from '../../../src/queue/desk.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

/** Of one person: what is asked for in words, at cost 0, and what came of it. */
function person() {
  const queue = queueAt(newPlace());
  let last = 0;
  const say = async (outcome: Parameters<typeof queue.admit>[2]) => {
    const mention = mentionOf(`words ${++last}`);
    await queue.admit('here', mention, outcome);
    const claim = claimed(await queue.claimReply());
    await queue.answered(claim, `answer ${last}`);
    return claim.answer;
  };
  return {
    queue,
    say,
    ask: (id: string, who = 'ada') => queue.admit('here', mentionOf(id, who), { request, cost: 1 }),
    waiting: async () => (await queue.pending()).map(({ mentionId }) => mentionId),
  };
}

describe('where one’s pictures are', () => {
  it('is told of the first one, among everybody’s, and whether it is being painted', async () => {
    const { queue, ask, say } = person();
    expect(await say({ status: true })).toMatchObject({ waiting: 0, isBeingPainted: false });
    await ask('ben 1', 'ben');
    await ask('1');
    await ask('2');
    expect(await say({ status: true })).toMatchObject({
      waiting: 2,
      next: { ahead: 1 },
      isBeingPainted: false,
      isPaused: false,
    });
    await setPaused(queue.database, true);
    expect(await say({ status: true })).toMatchObject({ isPaused: true });
    await setPaused(queue.database, false);
    await queue.rendered(claimed(await queue.claimRender()), painted);
    await queue.answered(claimed(await queue.claimReply()), 'a picture');
    claimed(await queue.claimRender());
    expect(await say({ status: true })).toMatchObject({ waiting: 2, isBeingPainted: true });
  });
});

describe('cancelling', () => {
  it('ends what the post is about, and nothing else', async () => {
    const { ask, say, waiting } = person();
    for (const id of ['1', '2', '3']) await ask(id);
    expect(await say({ cancel: '2' })).toEqual({ type: 'cancelled', count: 1 });
    expect(await waiting()).toEqual(['1', '3']);
  });

  it('ends all that waits if the post is about nothing that does, but nobody else’s', async () => {
    const { ask, say, waiting } = person();
    for (const id of ['1', '2']) await ask(id);
    await ask('ben 1', 'ben');
    await say({ status: true });
    expect(await say({ cancel: 'answer 1' })).toEqual({ type: 'cancelled', count: 2 });
    expect(await say({ cancel: undefined })).toEqual({ type: 'cancelled', count: 0 });
    expect(await say({ cancel: 'ben 1' })).toEqual({ type: 'cancelled', count: 0 });
    expect(await waiting()).toEqual(['ben 1']);
  });

  it('is done for somebody who has heard enough words for a day, too, but not told', async () => {
    for (const words of [
      { help: { topic: undefined, sizes: { usual: 512, max: 768 } } },
      { status: true },
      { cancel: undefined },
      { refusal: { type: 'one picture' } },
    ] as const) {
      const { ask, say, waiting } = person();
      for (let i = 0; i < 20; i++) expect(await say(words)).not.toEqual({ type: 'silence' });
      await ask('1');
      expect(await say({ cancel: undefined })).toEqual({ type: 'silence' });
      expect(await waiting()).toEqual([]);
    }
  });
});

describe('an edit', () => {
  it('costs what it then asks for, of which the difference counts against the next request', async () => {
    const { queue, ask } = person();
    await ask('1');
    const claim = claimed(await queue.claimRender());
    await queue.amend(claim, mentionOf('1'), { request, cost: 100 });
    await ask('2');
    await ask('ben 1', 'ben');
    await queue.rendered(claim, painted);
    const order = [await queue.claimRender(), await queue.claimRender()].map(
      (next) => next?.mention.id,
    );
    expect(order).toEqual(['ben 1', '2']);
    expect((await shown(queue.database, 1))?.request).toEqual(request);
  });

  it('to something that is not painted gives back what it would have cost', async () => {
    const { queue, ask } = person();
    await queue.admit('here', mentionOf('1'), { request, cost: 100 });
    const claim = claimed(await queue.claimRender());
    await queue.amend(claim, mentionOf('1'), { talk: true });
    await queue.rendered(claim, { type: 'silence' });
    await ask('2');
    await ask('ben 1', 'ben');
    expect((await queue.claimRender())?.mention.id).toBe('2');
  });
});
