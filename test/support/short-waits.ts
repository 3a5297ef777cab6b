type Timers = typeof import('node:timers/promises');

/**
 * Makes each wait by `node:timers/promises` a tenth as long. The adapters wait between two questions
 * and after a failure; nothing in a test gets better by waiting. A test file uses it so:
 *
 *   vi.mock('node:timers/promises', async (original) =>
 *     (await import('../support/short-waits.js')).shortWaits(await original()));
 */
export function shortWaits(timers: Timers): Timers {
  const tenth: Timers['setTimeout'] = (ms = 0, ...more) => timers.setTimeout(ms / 10, ...more);
  return { ...timers, setTimeout: tenth };
}
