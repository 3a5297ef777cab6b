import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoffMs, nextChange } from '../../../src/queue/waiting.js';
import { mentionOf, request } from '../../support/fixtures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

describe('waiting for the next change', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const waiting = (stop = new AbortController()) => {
    const queue = queueAt(newPlace());
    const woken = vi.fn();
    const done = nextChange(queue, stop.signal, queue.version).then(woken);
    return { queue, stop, woken, done };
  };

  it('ends with a change', async () => {
    const { queue, done } = waiting();
    await queue.admit('here', mentionOf('1'), { request, cost: 1 });
    await done;
    // The queue itself counts its changes.
    expect([queue.listenerCount('change'), vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('does not begin if something has changed since it was looked', async () => {
    const queue = queueAt(newPlace());
    const seen = queue.version;
    await queue.admit('here', mentionOf('1'), { request, cost: 1 });
    await nextChange(queue, new AbortController().signal, seen);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the signal, also one that was given before', async () => {
    const { stop, done, queue } = waiting();
    stop.abort();
    await done;
    await waiting(stop).done;
    // The queue itself counts its changes.
    expect([queue.listenerCount('change'), vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('ends by itself after a second, since leases run out silently, and not before', async () => {
    const { woken } = waiting();
    await vi.advanceTimersByTimeAsync(999);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toHaveBeenCalledOnce();
  });
});

describe('the wait before another attempt', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('doubles from five seconds to an hour', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    expect([1, 2, 3, 10, 11, 60].map(backoffMs)).toEqual([
      5000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000,
    ]);
  });

  it('is at random shorter by up to half', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    expect(backoffMs(2)).toBe(5000);
  });

  it('is whole milliseconds, as the queue takes no others', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.123456789);
    expect(Number.isInteger(backoffMs(1))).toBe(true);
    const queue = queueAt(newPlace());
    await queue.admit('here', mentionOf('1'), { request, cost: 1 });
    expect(await queue.retryRender(claimed(await queue.claimRender()), backoffMs(1))).toBe(true);
  });
});
