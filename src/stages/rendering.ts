import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { PlatformError } from '../platforms/port.js';
import { shown, type RequestId } from '../queue/desk.js';
import { hasRoom } from '../queue/disk.js';
import { ClaimLost, holding } from '../queue/holding.js';
import type { Queue, RenderClaim } from '../queue/queue.js';
import { backoffMs, nextChange } from '../queue/waiting.js';
import { JobTooHeavy } from '../render/job.js';
import { paint, type PaintingOptions } from './painting.js';

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

/**
 * Render: as many requests at a time as there are painters, their downloads included. More would only count as attempts
 * at what nobody is painting yet, and would be dispatched before somebody who comes next and should be first.
 */
export async function renderStage(options: RenderingOptions, signal: AbortSignal): Promise<void> {
  const { queue, pool, folder } = options;
  // Whatever lies there belongs to a process that is no more.
  await rm(join(folder, 'downloads'), { recursive: true, force: true });
  await mkdir(join(folder, 'pictures'), { recursive: true });
  await removeOrphans(folder, queue);
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
    const claim = room && hasPainter ? await queue.claimRender([...painting.keys()]) : undefined;
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

/** Removes pictures of which the queue knows nothing: half written, or of a time that a backup does not go back to. */
async function removeOrphans(folder: string, { database }: Queue): Promise<void> {
  for (const name of await readdir(join(folder, 'pictures'))) {
    const file = join('pictures', name);
    const answer = (await shown(database, Number.parseInt(name, 10)))?.answer;
    if (answer?.type !== 'painted' || answer.file !== file)
      await rm(join(folder, file), { force: true });
  }
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
  const { queue, pool, folder, attempts, heartbeatMs, metrics } = options;
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
        await rm(join(folder, answer.file), { force: true }); // nobody else knows of it
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
    } else if (signal.aborted) {
      await queue.handBack(claim);
    } else if (error instanceof JobTooHeavy) {
      metrics.failed('render', error.name);
      log.error({ error }, 'too heavy; it will not be tried again');
      await queue.rendered(claim, { type: 'failed' });
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
