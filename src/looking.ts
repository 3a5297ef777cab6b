import { setTimeout as sleep } from 'node:timers/promises';

/** Whoever asks how it is does not wait for longer. */
const PATIENCE_MS = 3000;

/**
 * One look at a time, however many ask.
 * @param otherwise what is said if nothing comes of it, or not in time
 */
export function looking<T, Otherwise>(
  look: () => Promise<T>,
  otherwise: Otherwise,
): () => Promise<T | Otherwise> {
  let underWay: Promise<T | Otherwise> | undefined;
  return () => {
    underWay ??= look()
      .catch(() => otherwise)
      .finally(() => (underWay = undefined));
    return Promise.race([underWay, sleep(PATIENCE_MS, otherwise, { ref: false })]);
  };
}
