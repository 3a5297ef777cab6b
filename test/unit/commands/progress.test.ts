import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../src/commands/progress.js';

describe('the time that a bar says is left', () => {
  it.each([
    [7, '| 7 s left'],
    [43, '| 45 s left'],
    [58, '| 1 min 0 s left'],
    [83, '| 1 min 25 s left'],
    [3600, '| 60 min 0 s left'],
  ])('of %d seconds', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });

  it.each(['0', 'INF', 'NULL', 0])(
    'is not told where the library says %j: it is not known',
    (word) => {
      expect(timeLeft(word)).toBe('');
    },
  );
});
