import { describe, expect, it } from 'vitest';
import {
  dropLetter,
  hasLetters,
  keepLetter,
  nextLetter,
  putLetterOff,
} from '../../src/queue/inbox.js';
import { mentionOf } from '../support/fixtures.js';
import { databaseFile, queueAt } from '../support/queue.js';

function inbox() {
  const { database } = queueAt(databaseFile());
  for (const [id, person] of [
    ['1', 'ada'],
    ['2', 'ada'],
    ['3', 'ben'],
  ] as const)
    keepLetter(database, 'here', mentionOf(id, person));
  const next = (now = 0) => nextLetter(database, 'here', now)?.mention.id;
  return { database, next };
}

describe('the inbox', () => {
  it('gives back what it was given, in order', () => {
    const { database, next } = inbox();
    expect(nextLetter(database, 'here', 0)).toEqual({
      mention: mentionOf('1', 'ada'),
      failures: 0,
    });
    for (const id of ['1', '2', '3']) {
      expect(next()).toBe(id);
      expect(dropLetter(database, 'here', id)).toBe(true);
    }
    expect(next()).toBeUndefined();
    expect(dropLetter(database, 'here', '1')).toBe(false);
  });

  it('keeps a mention once, and one account’s apart from another’s', () => {
    const { database } = inbox();
    expect(keepLetter(database, 'here', mentionOf('1', 'ada'))).toBe(false);
    expect(keepLetter(database, 'there', mentionOf('1', 'ada'))).toBe(true);
    dropLetter(database, 'there', '1');
    expect(nextLetter(database, 'there', 0)).toBeUndefined();
    expect(hasLetters(database, 'here', 'ada')).toBe(true);
    expect(hasLetters(database, 'there', 'ada')).toBe(false);
  });

  it('while one waits, keeps the same person’s next ones behind it, and nobody else’s', () => {
    const { database, next } = inbox();
    putLetterOff(database, 'here', '1', 5000);
    expect(next(4999)).toBe('3');
    expect(next(5000)).toBe('1');
    expect(nextLetter(database, 'here', 5000)?.failures).toBe(1);
  });
});
