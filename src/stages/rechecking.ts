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

/** So often in a row a server may fail before it is left alone for this time. */
const PATIENCE = 3;

/**
 * Looks once a day whether the posts that were answered are still there, until the signal aborts: a deletion is told only
 * to those who listen at that moment, and not by every server.
 */
export async function recheckStage(options: RecheckingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const platform of options.platforms) await recheck(platform, options, signal);
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Looks at what an account has not looked at for a day, or at some of it. What fails is looked at again a day later. */
export async function recheck(
  platform: Platform,
  { queue, log }: Omit<RecheckingOptions, 'platforms'>,
  signal: AbortSignal,
): Promise<void> {
  const { database } = queue;
  let failures = 0;
  const before = Date.now() - DAY_MS;
  for (const { id, mention } of await toCheck(database, platform.name, before, BATCH)) {
    if (signal.aborted || failures === PATIENCE) return;
    try {
      if ((await platform.reread(mention)) === undefined) {
        await withdraw(queue, platform.name, mention.id, mention.author.id);
        log.info({ request: id }, 'the mention was deleted some time ago');
      }
      failures = 0;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      log.debug({ error, request: id }, 'a post cannot be looked at now');
      failures++;
    }
    await checked(database, id, Date.now());
  }
}
