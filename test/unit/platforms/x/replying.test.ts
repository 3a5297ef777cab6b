import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PictureRefused, type Reply } from '../../../../src/platforms/port.js';
import type { Ledger } from '../../../../src/platforms/x/ledger.js';
import { newPlace, queueAt } from '../../../support/queue.js';
import type { FakeXOptions } from '../../../x/server.js';
import { listen, paintedPicture } from '../../../support/platforms/contract/setting.js';
import { xNetwork } from '../../../support/platforms/x-network.js';

// The real X may take 3 s to show a post, for which the bot waits. The fake one shows it at once.
vi.mock('node:timers/promises', async (original) =>
  (await import('../../../support/short-waits.js')).shortWaits(await original()),
);

/** A mention by Ada, heard. */
async function mentioned(options: FakeXOptions = {}) {
  const network = await xNetwork(options);
  const ada = await network.person('ada');
  const platform = network.connect();
  const id = await ada.post(`${network.us} please`);
  const { hears, stop } = listen(platform);
  const mention = await hears(id);
  await stop();
  const { x, self } = network;
  const ours = () => x.world.list((post) => post.author === self);
  const isTimeline = (request: string) => /users\/\d+\/tweets$/.test(request);
  // A bot that has never run has looked once, whether another one has answered before it.
  const timelines = () => x.asked.filter(isTimeline).length - 1;
  return { ...network, ada, platform, mention, ours, timelines };
}

/** One into which other processes write, or none, whichever database the tests have. */
function ledgerThatIs({ shared }: { readonly shared: boolean }): Ledger {
  return Object.defineProperty(queueAt(newPlace()).ledger('x'), 'isShared', { value: shared });
}

const painted = async (more: Partial<Reply> = {}): Promise<Reply> => ({
  text: 'Here it is.',
  picture: { ...(await paintedPicture()), description: 'A boat, repainted.' },
  ...more,
});

describe('a reply on X', () => {
  it('costs a reply and its alt text, and no reads', async () => {
    const { x, platform, mention } = await mentioned();
    const before = x.bill.reads;
    await platform.reply(mention, await painted());
    expect(x.bill.reads).toBe(before);
    expect([x.bill.count('reply'), x.bill.count('mediaMetadata')]).toEqual([1, 1]);
    expect([x.bill.count('replyWithLink'), x.bill.count('replyUnasked')]).toEqual([0, 0]);
  });

  it.each([
    'reset after',
    'truncated answer',
    'page for an answer',
    'page for guests',
    'reset before',
  ] as const)(
    'of which nobody knows whether it was posted (%s) is looked for in our own list before anything else is posted',
    async (fault) => {
      const { x, platform, connect, mention, ours, timelines } = await mentioned();
      let left = 1;
      x.fault = (endpoint) => (endpoint === 'post' && left-- > 0 ? fault : undefined);
      const wasMade = fault === 'reset after' || fault === 'truncated answer';
      await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject({
        kind: 'unreachable',
      });
      expect(ours()).toHaveLength(wasMade ? 1 : 0);
      const reads = x.bill.delivered;
      // As after a restart.
      const found = await connect().repliesTo(mention);
      expect(found.map(({ id }) => id)).toEqual(ours().map(({ id }) => id));
      expect(timelines()).toBe(1);
      expect(x.bill.delivered - reads, 'that post alone is paid for').toBe(wasMade ? 1 : 0);
      if (!wasMade) await platform.reply(mention, { text: 'Hello.' });
      expect(await platform.repliesTo(mention)).toHaveLength(1);
      expect(ours()).toHaveLength(1);
      expect(timelines(), 'once known, it is not looked for again').toBe(1);
    },
  );

  it('is looked for when X has had the time to show it', async () => {
    const { x, platform, mention, ours, timelines } = await mentioned();
    x.reading.appearsMs = 200;
    x.fault = (endpoint) => (endpoint === 'post' ? 'reset after' : undefined);
    const failed = { kind: 'unreachable' };
    await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(failed);
    expect(await platform.repliesTo(mention)).toMatchObject([{ id: ours()[0]?.id }]);
    expect(timelines()).toBe(1);
  });

  it('that X has surely not posted is not looked for', async () => {
    const { x, platform, mention, timelines } = await mentioned();
    let left = 1;
    x.fault = (endpoint) => (endpoint === 'post' && left-- > 0 ? 'rate limit' : undefined);
    await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject({
      kind: 'later',
      retryAt: expect.any(Date) as Date,
    });
    expect(await platform.repliesTo(mention)).toEqual([]);
    expect(timelines()).toBe(0);
  });

  it('waits where X has nothing left, without asking again', async () => {
    const { x, platform, mention, ours } = await mentioned({ limits: { post: 1 } });
    await platform.reply(mention, { text: 'Hello.' });
    const before = x.asked.length;
    await expect(platform.reply(mention, { text: 'And again.' })).rejects.toMatchObject({
      name: 'PlatformError',
      kind: 'later',
    });
    expect(x.asked).toHaveLength(before);
    expect(ours()).toHaveLength(1);
  });

  it('that X does not take in time is given up well before the usual lease is over', async () => {
    const { x, platform, mention } = await mentioned();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = new Promise<void>((resolve) => {
      x.fault = async (endpoint) => {
        if (endpoint !== 'post') return;
        resolve();
        await new Promise(() => undefined);
      };
    });
    const reply = platform.reply(mention, { text: 'Hello.' });
    await asked;
    vi.advanceTimersByTime(15_000);
    await expect(reply).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('that another process may just be posting is not given up as lost because something else is posted', async () => {
    const { x, us, self, ada, connectWith, mention } = await mentioned();
    const ledger = ledgerThatIs({ shared: true });
    const platform = connectWith({ ledger });
    const attempt = await ledger.begin(mention.id);
    x.fault = (endpoint) => (endpoint === 'post' ? 'reset before' : undefined);
    const other = { ...mention, id: await ada.post(`${us} me, too`) };
    await expect(platform.reply(other, { text: 'Hello.' })).rejects.toBeInstanceOf(Error);
    x.fault = () => undefined;
    await platform.reply(other, { text: 'Hello.' });
    expect(await ledger.unsettled()).toEqual([attempt]);
    // It did post it, and died before it could say so.
    const inReplyTo = x.world.posts.get(mention.id);
    const { id } = x.world.post(self, '@ada Here it is.', { inReplyTo });
    expect(await platform.repliesTo(mention)).toMatchObject([{ id }]);
    expect(await ledger.unsettled()).toEqual([]);
  });

  it('that a process was killed at is looked for before more is posted that would have to be read', async () => {
    const { x, us, self, ada, connectWith, mention } = await mentioned();
    const ledger = ledgerThatIs({ shared: false });
    await ledger.begin(mention.id);
    const inReplyTo = x.world.posts.get(mention.id);
    const { id } = x.world.post(self, '@ada Here it is.', { inReplyTo });
    const platform = connectWith({ ledger });
    const before = x.bill.count('ownedRead');
    for (let i = 0; i < 3; i++) {
      const other = { ...mention, id: await ada.post(`${us} me, too`) };
      await platform.reply(other, { text: `Answer ${i}.` });
    }
    expect(await platform.repliesTo(mention)).toMatchObject([{ id }]);
    expect(x.bill.count('ownedRead') - before).toBe(1);
  });

  it('to a post that is gone, or to somebody who has not mentioned us, is refused for good', async () => {
    const { ada, platform, mention } = await mentioned();
    await ada.erase(mention.id);
    const refused = { name: 'PlatformError', kind: 'refused' };
    await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(refused);
    const stray = await ada.post('nothing to do with us');
    const uninvited = { ...mention, id: stray };
    await expect(platform.reply(uninvited, { text: 'Hello.' })).rejects.toMatchObject(refused);
    expect(await platform.repliesTo(uninvited)).toEqual([]);
  });

  it('is found where an earlier bot, whose database is lost, has posted it', async () => {
    const { platform, mention, connectWith, x } = await mentioned();
    const id = await platform.reply(mention, { text: 'Hello.' });
    const anew = connectWith({ ledger: queueAt(newPlace()).ledger('anew') });
    const heard = await listen(anew).hears(mention.id);
    expect(await anew.repliesTo(heard)).toMatchObject([
      { id, text: expect.stringContaining('Hello.') as string },
    ]);
    expect(x.world.list((post) => post.author.username === 'pentimento')).toHaveLength(1);
  });

  it('is found so under each mention of a day, and not only under the newest', async () => {
    const { x, us, ada, platform, mention, connectWith, timelines } = await mentioned();
    const answers = [await platform.reply(mention, { text: 'Answer 0.' })];
    const ids = [mention.id];
    for (let i = 1; i < 12; i++) {
      const id = await ada.post(`${us} number ${i}`);
      ids.push(id);
      answers.push(await platform.reply({ ...mention, id }, { text: `Answer ${i}.` }));
    }
    const before = { looks: timelines(), delivered: x.bill.delivered };
    let left = 1;
    // Nor is what has been read lost with the page after it.
    x.fault = (endpoint) => (endpoint === 'mentions' && left-- > 0 ? 'unavailable' : undefined);
    const anew = connectWith({ ledger: queueAt(newPlace()).ledger('anew') });
    const { heard, hears } = listen(anew);
    await hears(ids.at(-1) ?? '');
    expect(heard.map(({ id }) => id)).toEqual(ids);
    const found = await Promise.all(heard.map((each) => anew.repliesTo(each)));
    expect(found.flat().map(({ id }) => id)).toEqual(answers);
    expect(timelines() - before.looks, 'five posts, and then the seven others').toBe(2);
    const people = x.asked.filter((request) => request.endsWith('/mentions')).length;
    expect(x.bill.delivered - before.delivered).toBeLessThanOrEqual(2 * ids.length + people);
  });

  it('of the same words to the same person is refused, unless they stand there already', async () => {
    const { x, us, ada, platform, connectWith, mention, ours } = await mentioned();
    await platform.reply(mention, { text: 'Hello.' });
    const again = { ...mention, id: await ada.post(`${us} please`) };
    const refused = { kind: 'refused' };
    await expect(platform.reply(again, { text: 'Hello.' })).rejects.toMatchObject(refused);
    expect(await platform.repliesTo(again)).toEqual([]);

    const ledger = queueAt(newPlace()).ledger('x');
    const forgetful = connectWith({ ledger });
    x.fault = (endpoint) => (endpoint === 'post' ? 'reset after' : undefined);
    const other = { text: 'I do not know “fast & <loose>”.' };
    await expect(forgetful.reply(again, other)).rejects.toMatchObject({ kind: 'unreachable' });
    x.fault = () => undefined;
    // As if our own list had not shown it in time.
    for (const attempt of await ledger.unsettled()) await ledger.settle(attempt);
    const [lost] = ours();
    expect(await forgetful.reply(again, other)).toBe(lost?.id);
    expect(ours()).toHaveLength(2);
  });

  it('can be removed, and removed again; a page for an answer does not say that it is', async () => {
    const { ada, platform, mention, x } = await mentioned();
    const id = await platform.reply(mention, { text: 'Hello.' });
    let left = 1;
    x.fault = (endpoint) =>
      endpoint === 'removal' && left-- > 0 ? 'page for an answer' : undefined;
    await expect(platform.remove(id)).rejects.toMatchObject({ kind: 'unreachable' });
    await platform.remove(id);
    await platform.remove(id);
    expect(await ada.see(id)).toBeUndefined();
    expect(await platform.repliesTo(mention)).toEqual([]);
  });
});

describe('a picture on X', () => {
  it('of more than 5 MB is compressed until it is not', async () => {
    const { x, platform, mention, ours } = await mentioned();
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const large = sharp({
      create: { width: 1500, height: 1200, channels: 3, background: 'teal', noise },
    });
    const bytes = await large.png().toBuffer();
    const id = await platform.reply(
      mention,
      await painted({ picture: { bytes, name: 'painted', description: 'x' } }),
    );
    const [media] = ours().find((post) => post.id === id)?.media ?? [];
    expect(media?.bytes).toBeLessThanOrEqual(5e6);
    expect(media).toMatchObject({ width: 1500, height: 1200, type: 'image/jpeg' });
    expect(x.bill.count('reply')).toBe(1);
  });

  it('is waited for while X looks at it', async () => {
    const { x, platform, mention, ours } = await mentioned();
    x.writing.looking = { times: 1, ends: 'succeeded' };
    await platform.reply(mention, await painted());
    expect(ours()).toHaveLength(1);
    expect(x.asked).toContain('GET /2/media/upload');
  });

  it('that X cannot work with is said to be the reason', async () => {
    const { x, platform, mention, ours } = await mentioned();
    x.writing.looking = { times: 1, ends: 'failed' };
    await expect(platform.reply(mention, await painted())).rejects.toBeInstanceOf(PictureRefused);
    expect(ours()).toEqual([]);
  });

  it('is hidden if the bot or the mention says so, and only then', async () => {
    const { platform, mention, ada } = await mentioned();
    const shown = async (reply: Partial<Reply>, of = mention) =>
      (await ada.see(await platform.reply(of, await painted(reply))))?.sensitive;
    expect(await shown({ text: 'One.' })).toBe(false);
    expect(await shown({ text: 'Two.', sensitive: true })).toBe(true);
    expect(await shown({ text: 'Three.' }, { ...mention, sensitive: true })).toBe(true);
  });

  it('of which a piece was lost is uploaded anew, and not taken for one that X refuses', async () => {
    const { x, platform, mention, ours } = await mentioned();
    let uploads = 0;
    // The second step: the picture itself.
    x.fault = (endpoint) =>
      endpoint === 'upload' && ++uploads === 2 ? 'page for an answer' : undefined;
    const failed = { kind: 'unreachable' };
    await expect(platform.reply(mention, await painted())).rejects.toMatchObject(failed);
    await platform.reply(mention, await painted());
    expect(ours()).toHaveLength(1);
  });

  it.each(['page for an answer', 'truncated answer', 'reset before'] as const)(
    'is not posted if nobody knows whether its warning has arrived (%s)',
    async (fault) => {
      const { x, platform, mention, ours } = await mentioned();
      let left = 1;
      x.fault = (endpoint) => (endpoint === 'metadata' && left-- > 0 ? fault : undefined);
      const reply = await painted({ sensitive: true });
      const failed = { kind: 'unreachable' };
      await expect(platform.reply(mention, reply)).rejects.toMatchObject(failed);
      expect(ours()).toEqual([]);
      await platform.reply(mention, reply);
      expect(ours()).toMatchObject([{ isSensitive: true }]);
    },
  );

  it('is described in no more than X takes', async () => {
    const { platform, mention, ada } = await mentioned();
    const picture = { ...(await paintedPicture()), description: 'a boat and '.repeat(200) };
    const seen = await ada.see(await platform.reply(mention, await painted({ picture })));
    expect(seen?.pictures[0]?.description).toMatch(/^a boat and .*…$/);
    expect(seen?.pictures[0]?.description.length).toBeLessThanOrEqual(1000);
  });
});
