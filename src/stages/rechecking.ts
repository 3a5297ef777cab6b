import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.js';
import { PlatformError, type Platform } from '../platforms/port.js';
import { checked, toCheck } from '../queue/retention.js';
import type { Queue } from '../queue/queue.js';
import { withdraw } from './withdrawal.js';

export interface RecheckingOptions {
  readonly platforms: readonly Platform[];
  readonly queue: Queue;
  readonly log: Log;
}

const INTERVAL_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** So that a server is asked no more than twice a minute, over an hour, on behalf of this. */
const BATCH = 100;

/**
 * Looks once a day whether the posts that were answered are still there, until the signal aborts: a deletion is told only
 * to those who listen at that moment, and not by every server.
 */
export async function recheckStage(options: RecheckingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await recheck(options, signal);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      options.log.debug({ error }, 'posts cannot be looked at now');
    }
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Looks at what has not been looked at for a day, or at some of it. */
export async function recheck(
  { platforms, queue, log }: RecheckingOptions,
  signal: AbortSignal,
): Promise<void> {
  const { database } = queue;
  for (const platform of platforms) {
    const before = Date.now() - DAY_MS;
    for (const { id, mention } of toCheck(database, platform.name, before, BATCH)) {
      if (signal.aborted) return;
      if ((await platform.reread(mention)) === undefined) {
        withdraw(queue, platform.name, mention.id, mention.author.id);
        log.info({ request: id }, 'the mention was deleted some time ago');
      }
      checked(database, id, Date.now());
    }
  }
}
