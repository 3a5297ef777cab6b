import { describe, expect, it } from 'vitest';
import { forgettable, forget } from '../../src/queue/retention.js';
import { readsOn } from '../../src/queue/ledger.js';
import { mentionOf } from '../support/fixtures.js';
import { temporaryFolder } from '../support/folder.js';
import { claimed, Clock, databaseFile, queueAt } from '../support/queue.js';

const post = (id: string) => ({ id, text: `post ${id}`, hasPicture: false });

describe('a ledger', () => {
  it('keeps what was read, with how far that was, until somebody was told; oldest first', () => {
    const file = databaseFile();
    const ledger = queueAt(file).ledger('x');
    ledger.keep([mentionOf('100'), mentionOf('99')], 'so far');
    ledger.keep([mentionOf('98')], 'further');
    const later = queueAt(file).ledger('x');
    expect(later.position()).toBe('further');
    expect(later.untold().map(({ id }) => id)).toEqual(['98', '99', '100']);
    later.told('98');
    expect(ledger.untold().map(({ id }) => id)).toEqual(['99', '100']);
    expect(queueAt(file).ledger('another').untold()).toEqual([]);
  });

  it('knows of every reply whether it was posted, or that nobody knows', () => {
    const clock = new Clock();
    const ledger = queueAt(databaseFile(), clock.now).ledger('x');
    const [first, second, third] = ['10', '20', '30'].map((id) => ledger.begin(id));
    if (!first || !second || !third) throw new Error('three were begun');
    ledger.settle(first, post('11'));
    ledger.settle(second);
    expect(ledger.unsettled()).toEqual([third]);
    expect(third).toMatchObject({ mentionId: '30', at: clock.time, after: '30' });
    ledger.found([{ ...post('31'), mentionId: '30' }], [third]);
    expect(ledger.unsettled()).toEqual([]);
    expect(['10', '20', '30'].map((id) => ledger.postsUnder(id))).toEqual([
      [post('11')],
      [],
      [post('31')],
    ]);
    ledger.removed('31');
    expect(ledger.postsUnder('30')).toEqual([]);
  });

  it('has a reply looked for among what is newer than the mention and than all that we had posted', () => {
    const ledger = queueAt(databaseFile()).ledger('x');
    ledger.settle(ledger.begin('500'), post('1000'));
    expect(ledger.begin('600').after).toBe('1000');
    expect(ledger.begin('2000').after).toBe('2000');
  });

  it('counts the reads of each day, and forgets those of long ago', () => {
    const queue = queueAt(databaseFile());
    const ledger = queue.ledger('x');
    expect(ledger.spend('2026-11-24', 5, 10)).toBe(true);
    expect(ledger.spend('2026-11-24', 6, 10)).toBe(false);
    ledger.giveBack('2026-11-24', 2);
    expect(ledger.spend('2026-11-24', 7, 10)).toBe(true);
    expect(readsOn(queue.database, '2026-11-24')).toEqual([{ platform: 'x', reads: 10 }]);
    ledger.spend('2027-01-01', 1, 10);
    expect(ledger.spent('2026-11-24')).toBe(0);
  });

  it('forgets our words with the request that they answered', async () => {
    const clock = new Clock();
    const queue = queueAt(databaseFile(), clock.now);
    const ledger = queue.ledger('x');
    queue.admit('x', mentionOf('10'), { refusal: { type: 'no pictures' } });
    ledger.settle(ledger.begin('10'), post('11'));
    queue.answered(claimed(queue.claimReply()), '11');
    for (const one of forgettable(queue.database, clock.time + 1, 10))
      await forget(queue.database, temporaryFolder(), one);
    expect(ledger.postsUnder('10')).toEqual([{ ...post('11'), text: '' }]);
  });
});
