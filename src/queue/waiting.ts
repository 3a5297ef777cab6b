import type { Queue } from './queue.js';

/** Expired leases and waits that are over announce themselves to nobody, so a sleeper looks by itself this often. */
const IDLE_MS = 1000;

/**
 * Sleeps until the queue changes, a moment passes, or the signal aborts.
 * @param seen the queue's version before it was looked at: what has changed since then was perhaps not seen
 */
export function nextChange(queue: Queue, signal: AbortSignal, seen: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      queue.off('change', wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, IDLE_MS);
    queue.on('change', wake);
    signal.addEventListener('abort', wake);
    if (signal.aborted || queue.version !== seen) wake();
  });
}

/**
 * How many milliseconds to wait after the given attempt (counted from 1): 5 s, 10 s, 20 s … up to an hour, each made
 * shorter by up to half at random so that retries do not march in step.
 */
export function backoffMs(attempt: number): number {
  return Math.round(Math.min(3_600_000, 5000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2));
}
