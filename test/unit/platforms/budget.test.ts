import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../src/platforms/mastodon/budget.js';
import { BudgetSpent } from '../../../src/platforms/port.js';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-01-01T00:00:00Z');

/** A budget with a clock that only moves when it is told to. */
function budgetAt(time = START) {
  const clock = { time };
  const budget = new Budget(() => clock.time);
  /** When there is room again, if there is none for this. */
  const spend = (method: string, path: string): number | undefined => {
    try {
      budget.spend(method, path);
      return undefined;
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      return error.retryAt.getTime();
    }
  };
  const upload = () => spend('POST', '/api/v2/media');
  const read = () => spend('GET', '/api/v1/notifications');
  return { clock, budget, spend, upload, read };
}

const paths = [
  ['GET', '/api/v1/notifications', 'request'],
  ['POST', '/api/v2/media', 'upload'],
  ['POST', '/api/v1/statuses', 'post'],
  ['DELETE', '/api/v1/statuses/5', 'removal'],
] as const;
const limits = {
  request: [300, 5 * MINUTE_MS],
  upload: [30, 30 * MINUTE_MS],
  post: [300, 180 * MINUTE_MS],
  removal: [30, 30 * MINUTE_MS],
} as const;

describe('a budget', () => {
  it('never allows more than the limits in any window, and always something in the end', () => {
    const step = fc.record({
      which: fc.nat(paths.length - 1),
      times: fc.integer({ min: 1, max: 120 }),
      pauseMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, spend } = budgetAt();
        const made: { readonly kind: keyof typeof limits; readonly at: number }[] = [];
        for (const { which, times, pauseMs } of steps) {
          const [method, path, kind] = paths[which] ?? paths[0];
          for (let i = 0; i < times; i++) {
            const retryAt = spend(method, path);
            if (retryAt === undefined) made.push({ kind, at: clock.time });
            else {
              expect(retryAt).toBeGreaterThan(clock.time);
              expect(retryAt).toBeLessThanOrEqual(clock.time + 180 * MINUTE_MS);
            }
          }
          clock.time += pauseMs;
        }
        for (const [kind, [count, windowMs]] of Object.entries(limits)) {
          const times = made.filter((each) => kind === 'request' || each.kind === kind);
          for (const [i, { at }] of times.entries()) {
            const before = times[i - count];
            if (before) expect(at - before.at).toBeGreaterThanOrEqual(windowMs);
          }
        }
      }),
    );
  });

  it('of uploads is spent after thirty, and says when the first of them no longer counts', () => {
    const { clock, upload, read } = budgetAt();
    for (let i = 0; i < 30; i++) {
      expect(upload()).toBeUndefined();
      clock.time += 1000;
    }
    expect(upload()).toBe(START + 30 * MINUTE_MS);
    expect(read(), 'reading goes on').toBeUndefined();
    clock.time = START + 30 * MINUTE_MS;
    expect(upload()).toBeUndefined();
    expect(upload()).toBe(START + 30 * MINUTE_MS + 1000);
  });

  it('leaves courtesies out first, so that needs have room', () => {
    const { spend, read } = budgetAt();
    const favor = () => spend('POST', '/api/v1/statuses/1/favourite');
    for (let i = 0; i < 225; i++) expect(favor()).toBeUndefined();
    expect(favor()).toBeGreaterThan(START);
    for (let i = 0; i < 75; i++) expect(read()).toBeUndefined();
    expect(read()).toBeGreaterThan(START);
  });

  it('is closed when the server says that nothing is left, for others may use the account, too', () => {
    const { budget, clock, upload, read } = budgetAt();
    const reset = new Date(START + 7 * MINUTE_MS);
    budget.note('POST', '/api/v2/media', { remaining: '0', reset: reset.toISOString() });
    expect(upload()).toBe(reset.getTime());
    expect(read()).toBeUndefined();
    clock.time = reset.getTime();
    expect(upload()).toBeUndefined();
  });

  it.each([
    ['something is left', '1', '2026-01-01T00:07:00Z'],
    ['it does not say', undefined, undefined],
    ['it says what cannot be read', 'none', 'soon'],
    ['its limit is over already', '0', '2025-12-31T23:00:00Z'],
    ['its limit is to end in years', '0', '9999-01-01T00:00:00Z'],
  ])('stays open when %s', (_, remaining, reset) => {
    const { budget, upload } = budgetAt();
    budget.note('POST', '/api/v2/media', { remaining, reset });
    expect(upload()).toBeUndefined();
  });

  it('does not wait for a clock that has been set back', () => {
    const { clock, upload } = budgetAt();
    for (let i = 0; i < 30; i++) upload();
    clock.time -= 24 * 60 * MINUTE_MS;
    expect(upload()).toBeUndefined();
  });
});
