import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../queue/sql.js';
import type { Log } from '../log.js';
import type { PictureStore } from '../pictures/store.js';
import { WEB } from '../platforms/web/platform.js';
import type { Needed, RenderId, Uploads } from '../platforms/web/uploads.js';
import { requestFor, shown } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { forget, forgettable, mendFuture } from '../queue/retention.js';
import { removeOrphans } from './orphans.js';

export interface ForgettingOptions {
  readonly queue: Queue;
  /** Where painted pictures are. */
  readonly pictures: PictureStore;
  /** What people have sent to us themselves. */
  readonly uploads?: Uploads | undefined;
  /** How long what is done with is kept. */
  readonly keepMs: number;
  readonly log: Log;
}

const INTERVAL_MS = 60 * 60_000;
/** So long what people have sent us can be painted again; most of the disk that a picture takes is theirs. */
const ORIGINALS_MS = 24 * 60 * 60_000;
/** So long after a picture has been put there, nobody is about to tell the queue of it any more. */
const SETTLED_MS = 60 * 60_000;
/** So that a first run over a long past does not hold the database for long at a time. */
const BATCH = 100;

/** Forgets what has been done with for long enough, now and every hour, until the signal aborts. */
export async function forgetStage(options: ForgettingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sweep(options, signal);
    } catch (error) {
      options.log.error({ error }, 'could not forget what is due; it will be tried again');
    }
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function sweep(
  { queue, pictures, uploads, keepMs, log }: ForgettingOptions,
  signal: AbortSignal,
): Promise<void> {
  const now = Date.now();
  await mendFuture(queue.database, now);
  const before = now - keepMs;
  let forgotten = 0;
  while (!signal.aborted) {
    const batch = await forgettable(queue.database, before, BATCH);
    for (const each of batch) await forget(queue.database, pictures, each);
    forgotten += batch.length;
    if (batch.length < BATCH) break;
  }
  if (forgotten > 0) log.info({ forgotten }, 'forgotten');
  await removeOrphans(pictures, queue.database, now - SETTLED_MS);
  await uploads?.tidy((id) => neededOf(queue.database, id, now), now);
}

/** What is still needed of what somebody has sent for a request. */
async function neededOf(database: Database, id: RenderId, now: number): Promise<Needed> {
  const request = await requestFor(database, WEB, id);
  const found = request && (await shown(database, request));
  if (found?.request === undefined) return 'nothing'; // never was, or is forgotten
  const isPending = ['queued', 'rendering', 'answering'].includes(found.state);
  return isPending || found.changedAt > now - ORIGINALS_MS ? 'everything' : 'what is shown';
}
