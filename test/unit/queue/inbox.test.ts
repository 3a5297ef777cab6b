import { describe, expect, it } from 'vitest';
import {
  dropLetter,
  hasLetters,
  keepLetter,
  nextLetter,
  putLetterOff,
} from '../../../src/queue/inbox.js';
import { mentionOf } from '../../support/fixtures.js';
import { newPlace, queueAt } from '../../support/queue.js';

async function inbox() {
  const { database } = queueAt(newPlace());
  for (const [id, person] of [
    ['1', 'ada'],
    ['2', 'ada'],
    ['3', 'ben'],
  ] as const)
    await keepLetter(database, 'here', mentionOf(id, person));
  const next = async (now = 0) => (await nextLetter(database, 'here', now))?.mention.id;
  return { database, next };
}

describe('the inbox', () => {
  it('gives back what it was given, in order', async () => {
    const { database, next } = await inbox();
    expect(await nextLetter(database, 'here', 0)).toEqual({
      mention: mentionOf('1', 'ada'),
      failures: 0,
    });
    for (const id of ['1', '2', '3']) {
      expect(await next()).toBe(id);
      expect(await dropLetter(database, 'here', id)).toBe(true);
    }
    expect(await next()).toBeUndefined();
    expect(await dropLetter(database, 'here', '1')).toBe(false);
  });

  it('keeps a mention once, and one account’s apart from another’s', async () => {
    const { database } = await inbox();
    expect(await keepLetter(database, 'here', mentionOf('1', 'ada'))).toBe(false);
    expect(await keepLetter(database, 'there', mentionOf('1', 'ada'))).toBe(true);
    await dropLetter(database, 'there', '1');
    expect(await nextLetter(database, 'there', 0)).toBeUndefined();
    expect(await hasLetters(database, 'here', 'ada')).toBe(true);
    expect(await hasLetters(database, 'there', 'ada')).toBe(false);
  });

  it('while one waits, keeps the same person’s next ones behind it, and nobody else’s', async () => {
    const { database, next } = await inbox();
    await putLetterOff(database, 'here', '1', 5000);
    expect(await next(4999)).toBe('3');
    expect(await next(5000)).toBe('1');
    expect((await nextLetter(database, 'here', 5000))?.failures).toBe(1);
  });
});
