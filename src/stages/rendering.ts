import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { keyIn, StoreUnreachable } from '../pictures/store.js';
import { PlatformError, platformNamed } from '../platforms/port.js';
import { shown, type RequestId } from '../queue/desk.js';
import { hasRoom } from '../queue/disk.js';
import { ClaimLost, holding } from '../queue/holding.js';
import type { RenderClaim } from '../queue/queue.js';
import { backoffMs, nextChange } from '../queue/waiting.js';
import { JobTooHeavy } from '../render/job.js';
import { removeOrphans } from './orphans.js';
import { DOWNLOADS, paint, type PaintingOptions } from './painting.js';

export interface RenderingOptions extends PaintingOptions {
  /** How often a render is tried before we apologize. */
  readonly attempts: number;
  /** How often a lease is extended while its work goes on. */
  readonly heartbeatMs: number;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * How often a picture is asked for whose server does not answer: with the waits in between about two hours. After that
 * whoever posted it is asked to post it again.
 */
const DOWNLOAD_ATTEMPTS = 12;

/**
 * How many downloads in a row have failed, by request. A server that is away says nothing against a request, so these
 * are not its few attempts; and a bot that starts anew may as well begin to count anew.
 */
type Outages = Map<RequestId, number>;

/** Who waits for the store of pictures looks again as after so many attempts: every 10 to 20 seconds. */
const STORE_AWAY = 3;

/**
 * Render: as many requests at a time as there are painters, their downloads included. More would only count as attempts
 * at what nobody is painting yet, and would be dispatched before somebody who comes next and should be first.
 */
export async function renderStage(options: RenderingOptions, signal: AbortSignal): Promise<void> {
  const { queue, pool, folder } = options;
  await tidyUp(options);
  // What another machine has an account for, and this one has not, that one paints.
  const on = options.platforms.map(({ name }) => name);
  const underWay = new Map<RequestId, Promise<void>>();
  const outages: Outages = new Map();
  const warn = everyMinute(() =>
    options.log.error(
      { folder },
      'the disk is nearly full; nothing is painted until there is room',
    ),
  );
  while (!signal.aborted) {
    // As it is before the queue is asked: whatever ends or changes meanwhile is a reason to ask again.
    const seen = queue.version;
    const painting = new Map(underWay);
    const room = await hasRoom(folder);
    if (!room) warn();
    const hasPainter = painting.size < pool.size;
    const claim =
      room && hasPainter ? await queue.claimRender([...painting.keys()], on) : undefined;
    if (claim === undefined) {
      // A render whose outcome cannot be written down ends the bot, which the supervisor restarts.
      await Promise.race([nextChange(queue, signal, seen), ...painting.values()]);
    } else {
      const { id } = claim;
      const work = render(claim, options, outages, signal).finally(() => underWay.delete(id));
      underWay.set(id, work);
    }
  }
  await Promise.all(underWay.values());
}

/**
 * Removes what a process has left that is no more: the lock of the folder says that whatever is being painted there is nobody's.
 * Only who is alone with the queue, too, knows that of the pictures; of several the hourly sweep goes by their age.
 */
async function tidyUp({ queue, pictures, folder, log }: RenderingOptions): Promise<void> {
  await rm(join(folder, DOWNLOADS), { recursive: true, force: true });
  const { database } = queue;
  if (database.engine !== 'sqlite') return;
  try {
    await removeOrphans(pictures, database, Infinity);
  } catch (error) {
    if (!(error instanceof StoreUnreachable)) throw error;
    log.warn({ error }, 'the pictures cannot be reached; they are tidied up later');
  }
}

/**
 * Who asked may have had everything removed while their picture was still being painted, and shown: then what was put there since
 * is removed, too. Whatever is not, is tidied away.
 */
async function removeShown(
  claim: RenderClaim,
  { queue, pictures, platforms }: RenderingOptions,
): Promise<void> {
  const watched = platformNamed(platforms, claim.platform).watched?.(claim.mention);
  if (watched === undefined) return;
  if ((await shown(queue.database, claim.id))?.request !== undefined) return;
  for (const key of [watched.photo, watched.sketch])
    await pictures.remove(key).catch(() => undefined);
}

function everyMinute(act: () => void): () => void {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < 60_000) return;
    last = performance.now();
    act();
  };
}

async function render(
  claim: RenderClaim,
  options: RenderingOptions,
  outages: Outages,
  signal: AbortSignal,
): Promise<void> {
  const { queue, pool, pictures, attempts, heartbeatMs, metrics } = options;
  const log = options.log.child({ request: claim.id, attempt: claim.attempt });
  if (claim.attempt > attempts) {
    log.error('given up after too many attempts');
    await queue.rendered(claim, { type: 'failed' });
    return;
  }
  log.info({ platform: claim.platform, mention: claim.mention.id }, 'taken up for painting');
  const outage = (outages.get(claim.id) ?? 0) + 1;
  outages.delete(claim.id);
  try {
    const { answer, work } = await holding(queue, claim, heartbeatMs, signal, (stop) =>
      paint(claim, options, outage >= DOWNLOAD_ATTEMPTS, stop),
    );
    if (answer.type === 'painted' && work !== undefined) {
      const { seconds } = answer;
      const { device, cost } = work;
      const pace = { device, costPerSecond: (pool.size * cost) / seconds };
      if (!(await queue.rendered(claim, answer, pace))) {
        const key = keyIn(answer.file);
        // Nobody else knows of it; if it stays now, it is found with all that nobody knows of.
        if (key !== undefined) await pictures.remove(key).catch(() => undefined);
        throw new ClaimLost('the claim was lost in the last moment');
      }
      metrics.rendered(device, seconds);
      log.info({ answer: answer.type, seconds, device }, 'rendered');
    } else {
      await queue.rendered(claim, answer);
      log.info({ answer: answer.type }, 'rendered');
    }
  } catch (error) {
    if (error instanceof ClaimLost) {
      log.info('the request was cancelled while it was being painted');
      await removeShown(claim, options);
    } else if (signal.aborted) {
      await queue.handBack(claim);
    } else if (error instanceof JobTooHeavy) {
      metrics.failed('render', error.name);
      log.error({ error }, 'too heavy; it will not be tried again');
      await queue.rendered(claim, { type: 'failed' });
    } else if (error instanceof StoreUnreachable) {
      // That says nothing of the servers that the request's pictures come from.
      if (outage > 1) outages.set(claim.id, outage - 1);
      metrics.failed('render', error.name);
      log.warn({ error }, 'the pictures cannot be reached; it will be tried again');
      await queue.handBack(claim, Date.now() + backoffMs(STORE_AWAY));
    } else if (error instanceof PlatformError) {
      outages.set(claim.id, outage);
      metrics.failed('render', error.name);
      log.warn(
        { error, outage },
        'the post or a picture cannot be fetched now; it will be tried again',
      );
      await queue.handBack(claim, Date.now() + backoffMs(outage));
    } else {
      metrics.failed('render', error instanceof Error ? error.name : 'unknown');
      log.warn({ error }, 'a render failed; it will be tried again');
      await queue.retryRender(claim, Date.now() + backoffMs(claim.attempt));
    }
  }
}
