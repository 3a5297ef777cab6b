import { describe, expect, it } from 'vitest';
import { forgettable, forget } from '../../../src/queue/retention.js';
import { readsOn } from '../../../src/queue/ledger.js';
import { mentionOf } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, Clock, newPlace, queueAt } from '../../support/queue.js';

const post = (id: string) => ({ id, text: `post ${id}`, hasPicture: false });

describe('a ledger', () => {
  it('keeps what was read, with how far that was, until somebody was told; oldest first', async () => {
    const file = newPlace();
    const ledger = queueAt(file).ledger('x');
    await ledger.keep([mentionOf('100'), mentionOf('99')], 'so far');
    await ledger.keep([mentionOf('98')], 'further');
    const later = queueAt(file).ledger('x');
    expect(await later.position()).toBe('further');
    expect((await later.untold()).map(({ id }) => id)).toEqual(['98', '99', '100']);
    await later.told('98');
    expect((await ledger.untold()).map(({ id }) => id)).toEqual(['99', '100']);
    expect(await queueAt(file).ledger('another').untold()).toEqual([]);
  });

  it('knows of every reply whether it was posted, or that nobody knows', async () => {
    const clock = new Clock();
    const ledger = queueAt(newPlace(), clock.now).ledger('x');
    const first = await ledger.begin('10');
    const second = await ledger.begin('20');
    const third = await ledger.begin('30');
    await ledger.settle(first, post('11'));
    await ledger.settle(second);
    expect(await ledger.unsettled()).toEqual([third]);
    expect(third).toMatchObject({ mentionId: '30', at: clock.time, after: '30' });
    await ledger.found([{ ...post('31'), mentionId: '30' }], [third]);
    expect(await ledger.unsettled()).toEqual([]);
    expect(await Promise.all(['10', '20', '30'].map((id) => ledger.postsUnder(id)))).toEqual([
      [post('11')],
      [],
      [post('31')],
    ]);
    await ledger.removed('31');
    expect(await ledger.postsUnder('30')).toEqual([]);
  });

  it('has a reply looked for among what is newer than the mention and than all that we had posted', async () => {
    const ledger = queueAt(newPlace()).ledger('x');
    await ledger.settle(await ledger.begin('500'), post('1000'));
    expect((await ledger.begin('600')).after).toBe('1000');
    expect((await ledger.begin('2000')).after).toBe('2000');
  });

  it('counts the reads of each day, and forgets those of long ago', async () => {
    const queue = queueAt(newPlace());
    const ledger = queue.ledger('x');
    expect(await ledger.spend('2026-11-24', 5, 10)).toBe(true);
    expect(await ledger.spend('2026-11-24', 6, 10)).toBe(false);
    await ledger.giveBack('2026-11-24', 2);
    expect(await ledger.spend('2026-11-24', 7, 10)).toBe(true);
    expect(await readsOn(queue.database, '2026-11-24')).toEqual([{ platform: 'x', reads: 10 }]);
    await ledger.spend('2027-01-01', 1, 10);
    expect(await ledger.spent('2026-11-24')).toBe(0);
  });

  it('forgets our words with the request that they answered', async () => {
    const clock = new Clock();
    const queue = queueAt(newPlace(), clock.now);
    const ledger = queue.ledger('x');
    await queue.admit('x', mentionOf('10'), { refusal: { type: 'no pictures' } });
    await ledger.settle(await ledger.begin('10'), post('11'));
    await queue.answered(claimed(await queue.claimReply()), '11');
    for (const one of await forgettable(queue.database, clock.time + 1, 10))
      await forget(queue.database, new MemoryPictures(), one);
    expect(await ledger.postsUnder('10')).toEqual([{ ...post('11'), text: '' }]);
  });
});
