import { describe, expect, it, vi } from 'vitest';
import { createLog } from '../../../../src/log.js';
import type { Mention } from '../../../../src/platforms/port.js';
import { nextWait } from '../../../../src/platforms/x/listening.js';
import { dayOf } from '../../../../src/platforms/x/reads.js';
import { newPlace, queueAt } from '../../../support/queue.js';
import { listen, patient, photo } from '../../../support/platforms/contract/setting.js';
import { xNetwork } from '../../../support/platforms/x-network.js';

const pictures = async () => [{ data: await photo(), description: 'a boat' }];

describe('the wait between two questions', () => {
  it('is short after a mention, and longer the longer it is quiet, within X’s limits and a reader’s patience', () => {
    const waits = [nextWait(0, 0)];
    while (waits.length < 20) waits.push(nextWait(waits.at(-1) ?? 0, 0));
    expect(waits[0]).toBe(5000);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(waits.at(-1)).toBe(120_000);
    expect(nextWait(120_000, 1)).toBe(5000);
    // 300 in a quarter of an hour, if somebody always has something to say.
    expect((15 * 60_000) / nextWait(0, 1)).toBeLessThanOrEqual(300);
  });
});

describe('listening to X', () => {
  it('reads nothing twice: not after a restart, and not if the listener has failed', async () => {
    const { x, us, connect, person } = await xNetwork();
    const ada = await person('ada');
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push(await ada.post(`${us} number ${i}`));
    let count = 0;
    const failing = listen(connect(), () => {
      if (++count === 4) throw new Error('the disk is full');
    });
    await expect(failing.done).rejects.toThrow('the disk is full');
    const delivered = x.bill.delivered;
    const { heard, hears, stop } = listen(connect());
    await hears(ids.at(-1) ?? '');
    expect(heard.map(({ id }) => id)).toEqual(ids.slice(3));
    await stop();
    expect(x.bill.delivered, 'nothing was asked for again').toBe(delivered);
    expect(x.bill.count('ownedRead')).toBe(12);
  });

  it('goes on in the middle of a long list, page by page, after a restart', async () => {
    let pages = 0;
    const { x, us, connect, person } = await xNetwork({
      fault: (endpoint) => (endpoint === 'mentions' && ++pages > 2 ? 'unavailable' : undefined),
    });
    const ada = await person('ada');
    const ids: string[] = [];
    for (let i = 0; i < 40; i++) ids.push(await ada.post(`${us} number ${i}`));
    const first = listen(connect());
    await vi.waitFor(() => expect(pages).toBeGreaterThan(2), patient);
    expect(first.heard, 'in order, or not at all').toEqual([]);
    await first.stop();
    x.fault = () => undefined;
    const { heard, hears } = listen(connect());
    await hears(ids.at(-1) ?? '');
    expect(heard.map(({ id }) => id)).toEqual(ids);
    const authors = x.asked.filter((request) => request.endsWith('/mentions')).length;
    expect(x.bill.delivered, 'each mention once, its author once on each page').toBeLessThanOrEqual(
      40 + authors,
    );
  });

  it('stops reading before the day’s budget is overrun, says so, and loses nothing', async () => {
    const { x, us, connectWith, person } = await xNetwork();
    const ada = await person('ada');
    const ids: string[] = [];
    for (let i = 0; i < 100; i++) ids.push(await ada.post(`${us} number ${i}`));
    const platform = connectWith({ dailyReads: 80 });
    const { heard } = listen(platform);
    await vi.waitFor(
      () => expect(platform.trouble()).toContain('as much as it may until'),
      patient,
    );
    expect(x.bill.delivered).toBeLessThanOrEqual(80);
    expect(x.bill.delivered, 'and uses what it has').toBeGreaterThan(30);
    const early = heard.map(({ id }) => id);
    expect(early, 'what has been paid for is not kept waiting').toEqual(ids.slice(-early.length));
    const richer = listen(connectWith({ dailyReads: 1000 }));
    await vi.waitFor(() => expect(richer.heard).toHaveLength(100 - early.length), patient);
    expect(richer.heard.map(({ id }) => id)).toEqual(ids.slice(0, -early.length));
    expect(x.bill.count('ownedRead')).toBe(100);
  });

  it('counts an answer that was lost as what it may have held, until the next one tells', async () => {
    let asked = 0;
    const { us, connectWith, person } = await xNetwork({
      fault: (endpoint) => (endpoint === 'mentions' && ++asked < 3 ? 'reset after' : undefined),
    });
    const ada = await person('ada');
    const id = await ada.post(`${us} hello`);
    // Three times thirty set aside would be too much; a mention and its author, three times, are not.
    const platform = connectWith({ dailyReads: 115 });
    await listen(platform).hears(id);
    await vi.waitFor(() => expect(platform.trouble()).toBeUndefined(), patient);
  });

  it('counts all of an answer that was lost, also of what others have come before since then', async () => {
    let asked = 0;
    const { x, us, connectWith, person } = await xNetwork();
    const photos = (await Promise.all(['red', 'blue'].map((color) => photo(color)))).map(
      (data) => ({
        data,
        description: '',
      }),
    );
    for (let i = 0; i < 5; i++)
      await (await person(`person${i}`)).post(`${us} please`, { pictures: photos });
    x.fault = (endpoint) => {
      if (endpoint !== 'mentions' || ++asked > 2) return undefined;
      if (asked === 1) return 'reset after';
      for (let i = 0; i < 5; i++) x.world.post(x.world.user('ada'), `${us} number ${i}`);
      return undefined;
    };
    const ledger = queueAt(newPlace()).ledger('x');
    const { heard } = listen(connectWith({ ledger }));
    await vi.waitFor(() => expect(heard).toHaveLength(10), patient);
    expect(x.bill.delivered, 'five with their pictures, five others, and those again').toBe(
      20 + 6 + 20,
    );
    expect(await ledger.spent(dayOf(Date.now()))).toBeGreaterThanOrEqual(x.bill.delivered);
    expect(
      await ledger.spent(dayOf(Date.now())),
      'and not more than that may have been',
    ).toBeLessThan(60);
  });

  it('takes pictures of the post above only if that is by the same person, and asks for no other', async () => {
    const { x, us, connect, person } = await xNetwork();
    const [ada, ben] = [await person('ada'), await person('ben')];
    const own = await ada.post('my boat', { pictures: await pictures() });
    const others = await ben.post('his boat', { pictures: await pictures() });
    const underOwn = await ada.post(`${us} please`, { inReplyTo: own });
    const underOthers = await ada.post(`${us} please`, { inReplyTo: others });
    const platform = connect();
    const { hears } = listen(platform);
    const above = await platform.parentOf(await hears(underOwn));
    expect(above?.attachments).toMatchObject([{ kind: 'picture', description: 'a boat' }]);
    const lookups = () => x.asked.filter((request) => request.startsWith('GET /2/tweets/')).length;
    expect(lookups()).toBe(1);
    expect(await platform.parentOf(await hears(underOthers))).toBeUndefined();
    expect(lookups()).toBe(1);
  });

  it('looks at other people’s posts, too, if their pictures may be used', async () => {
    const { us, connectWith, person } = await xNetwork();
    const [ada, ben] = [await person('ada'), await person('ben')];
    const others = await ben.post('his boat', { pictures: await pictures() });
    const id = await ada.post(`${us} please`, { inReplyTo: others });
    const platform = connectWith({ othersPictures: true });
    const mention = await listen(platform).hears(id);
    expect((await platform.parentOf(mention))?.author.handle).toBe('ben');
  });

  it('asks nothing to see a mention as it is now', async () => {
    const { x, us, connect, person } = await xNetwork();
    const ada = await person('ada');
    const id = await ada.post(`${us} please`);
    const platform = connect();
    const { hears, stop } = listen(platform);
    const mention = await hears(id);
    await stop();
    const before = x.asked.length;
    expect(await platform.reread(mention)).toEqual(mention);
    expect(await platform.repliesTo(mention)).toEqual([]);
    expect(x.asked).toHaveLength(before);
  });

  it('passes over one post that cannot be read, and hears the next', async () => {
    const { x, us, connectWith, person } = await xNetwork();
    const ada = await person('ada');
    const odd = await ada.post(`${us} odd`);
    const post = x.world.posts.get(odd);
    if (post) x.world.posts.set(odd, { ...post, author: { ...post.author, id: 'nobody' } });
    const id = await ada.post(`${us} hello`);
    const { heard, hears } = listen(connectWith({ log: createLog('silent') }));
    await hears(id);
    expect(heard.map((mention: Mention) => mention.id)).toEqual([id]);
  });

  it('passes over a mention by somebody of whom X tells nothing, and says so', async () => {
    const { x, us, connectWith, person } = await xNetwork();
    const gone = await (await person('gone')).post(`${us} please`);
    x.world.suspended.add(x.world.user('gone'));
    const id = await (await person('ada')).post(`${us} hello`);
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const { heard, hears } = listen(connectWith({ log }));
    await hears(id);
    expect(heard.map((mention) => mention.id)).toEqual([id]);
    expect(lines.filter((line) => line.includes(gone))).toEqual([
      expect.stringContaining('somebody of whom X tells nothing'),
    ]);
  });

  it('goes on after a page of somebody on the way that says 401', async () => {
    let left = 2;
    const { us, connect, person } = await xNetwork({
      fault: () => (left-- > 0 ? 'page for guests' : undefined),
    });
    const id = await (await person('ada')).post(`${us} hello`);
    const platform = connect();
    await listen(platform).hears(id);
    expect(left).toBeLessThan(0);
    await vi.waitFor(() => expect(platform.trouble()).toBeUndefined(), patient);
  });

  it('is at an end if X does not let the account read its mentions, but not if the credits are used up', async () => {
    const { x, self, connect } = await xNetwork();
    x.isUnpaid = true;
    const unpaid = connect();
    const listening = listen(unpaid);
    await vi.waitFor(() => expect(x.asked).toHaveLength(1), patient);
    await listening.stop();
    x.isUnpaid = false;
    x.door.revokeAll(self);
    await expect(listen(connect()).done).rejects.toMatchObject({ kind: 'fatal' });
  });
});
