import { describe, expect, it } from 'vitest';
import { BudgetSpent } from '../../../../src/platforms/port.js';
import { Windows } from '../../../../src/platforms/x/windows.js';

const NOW = 1_800_000_000_000;
const at = (seconds: number) => ({ limit: 100, remaining: 0, reset: NOW / 1000 + seconds });

describe('a limit of X', () => {
  it('that is used up is waited for, on that endpoint alone, whatever ids are in it', () => {
    const clock = { now: NOW };
    const windows = new Windows(() => clock.now);
    windows.note('DELETE', '/2/tweets/1234', at(60));
    expect(() => windows.requireRoom('delete', '/2/tweets/5678')).toThrow(BudgetSpent);
    expect(() => windows.requireRoom('POST', '/2/tweets')).not.toThrow();
    clock.now += 59_000;
    expect(() => windows.requireRoom('DELETE', '/2/tweets/5678')).toThrow(BudgetSpent);
    clock.now += 1000;
    expect(() => windows.requireRoom('DELETE', '/2/tweets/5678')).not.toThrow();
  });

  it.each([
    ['has something left', { ...at(60), remaining: 1 }],
    ['ended in the past', at(-60)],
    ['ends in years', at(1e8)],
    ['is not told', undefined],
  ])('that %s keeps nobody waiting', (_, limit) => {
    const windows = new Windows(() => NOW);
    windows.note('POST', '/2/tweets', limit);
    expect(() => windows.requireRoom('POST', '/2/tweets')).not.toThrow();
  });

  it('of a day counts, too', () => {
    const windows = new Windows(() => NOW);
    windows.note('POST', '/2/tweets', { ...at(60), remaining: 5, userDay: at(3600) });
    expect(() => windows.requireRoom('POST', '/2/tweets')).toThrow(BudgetSpent);
  });
});
