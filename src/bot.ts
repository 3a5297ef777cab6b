import { setMaxListeners } from 'node:events';
import type { HousePainting } from './collection.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { PictureStore } from './pictures/store.js';
import type { Mention, Platform } from './platforms/port.js';
import type { Uploads } from './platforms/web/uploads.js';
import type { Queue } from './queue/queue.js';
import { DutyLost } from './queue/sql.js';
import type { RenderPool } from './render/pool.js';
import type { SafetyPolicy } from './render/safety.js';
import { postAnswers } from './replies/outbox.js';
import type { Sizes } from './requests/parameters.js';
import { forgetStage } from './stages/forgetting.js';
import { listenToAll, type Acknowledgment } from './stages/listening.js';
import { presenceStage } from './stages/presence.js';
import { recheckStage } from './stages/rechecking.js';
import { renderStage } from './stages/rendering.js';
import { together } from './together.js';

export interface BotOptions {
  /** Whether it is one of those of which one at a time listens and answers. */
  readonly listens: boolean;
  readonly platforms: readonly Platform[];
  /** Our own page and API, where people come to us, and what they have sent there. */
  readonly counter?: { readonly platform: Platform; readonly uploads: Uploads } | undefined;
  readonly queue: Queue;
  /** Whoever has none does not paint. */
  readonly pool: RenderPool | undefined;
  /** Where pictures are: those that are painted, and those that people have sent. */
  readonly pictures: PictureStore;
  /** Where this machine paints. */
  readonly folder: string;
  readonly sizes: Sizes;
  /** The paintings that one can ask for by name. */
  readonly collection: readonly HousePainting[];
  /** How a person learns that a request has been seen. */
  readonly acknowledge: Acknowledgment;
  /** Whether a mention in reply to other people's public posts may use their pictures. */
  readonly othersPictures: boolean;
  /** Shares of people other than the 1 that everybody has, by address. */
  readonly weights: Readonly<Record<string, number>>;
  /** What becomes of indecent pictures. */
  readonly safety: SafetyPolicy;
  readonly maxDownloadBytes: number;
  /** How often a render is tried before we apologize. */
  readonly attempts: number;
  /** How often a lease is extended while its work goes on. */
  readonly heartbeatMs: number;
  /** How long what is done with is kept. */
  readonly keepMs: number;
  /** Called with 0..1 as a picture comes along, and with how many sketches of it there have been. */
  readonly onProgress: (mention: Mention, fraction: number, sketches: number) => void;
  /** Told when it begins and when it ceases to be the one that listens. */
  readonly onDuty: (isOnDuty: boolean) => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * The way of a mention: listen → parse → queue → render → reply. Each arrow goes through the queue's database, so the
 * stages know nothing of each other and each goes on where it was after a crash.
 *
 * Runs until the signal aborts: then a render under way is handed back to the queue, and a reply under way is finished.
 * @throws PlatformError of kind "fatal" when no network will have us any more; whatever the database throws when it
 * cannot write.
 */
export async function runBot(options: BotOptions, signal: AbortSignal): Promise<void> {
  await together(signal, (stopping) => {
    setMaxListeners(0, stopping); // every painter, download and stream listens: their number is no sign of a leak
    const { platforms, counter, pool, queue } = options;
    const isShared = queue.database.engine === 'postgres';
    const served = {
      ...options,
      platforms: [...platforms, ...(counter ? [counter.platform] : [])],
    };
    const listening = (signal: AbortSignal) =>
      together(signal, (stopping) => [
        listenToAll(options, stopping),
        postAnswers(served, stopping),
        forgetStage({ ...options, uploads: counter?.uploads }, stopping),
        recheckStage(options, stopping),
      ]);
    return [
      ...(pool ? [renderStage({ ...served, pool }, stopping)] : []),
      ...(pool && isShared ? [presenceStage(options, stopping)] : []),
      ...(options.listens ? [alone(options, listening, stopping)] : []),
    ];
  });
}

/**
 * Of several that listen only one does, lest a mention be answered twice, and so that one budget of requests is kept; the others
 * stand by.
 */
async function alone(
  { queue, onDuty, log }: BotOptions,
  act: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const standBy = () => log.info('another one listens; this one stands by');
  while (!signal.aborted) {
    try {
      await queue.database.onDuty('listening', signal, listen, standBy);
    } catch (error) {
      if (!(error instanceof DutyLost)) throw error;
      log.warn({ error }, 'the connection is lost over which this one was the one that listens');
    }
  }

  async function listen(stopping: AbortSignal): Promise<void> {
    onDuty(true);
    if (queue.database.engine === 'postgres') log.info('this one listens now');
    try {
      await act(stopping);
    } finally {
      onDuty(false);
    }
  }
}
