import { setMaxListeners } from 'node:events';
import type { HousePainting } from './collection.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { PictureStore } from './pictures/store.js';
import type { Mention, Platform } from './platforms/port.js';
import type { Uploads } from './platforms/web/uploads.js';
import type { Queue } from './queue/queue.js';
import type { RenderPool } from './render/pool.js';
import type { SafetyPolicy } from './render/safety.js';
import { postAnswers } from './replies/outbox.js';
import type { Sizes } from './requests/parameters.js';
import { forgetStage } from './stages/forgetting.js';
import { listenToAll, type Acknowledgment } from './stages/listening.js';
import { recheckStage } from './stages/rechecking.js';
import { renderStage } from './stages/rendering.js';
import { together } from './together.js';

export interface BotOptions {
  readonly platforms: readonly Platform[];
  /** Our own page and API, where people come to us, and what they have sent there. */
  readonly counter?: { readonly platform: Platform; readonly uploads: Uploads } | undefined;
  readonly queue: Queue;
  readonly pool: RenderPool;
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
    const { platforms, counter } = options;
    const served = {
      ...options,
      platforms: [...platforms, ...(counter ? [counter.platform] : [])],
    };
    return [
      listenToAll(options, stopping),
      renderStage(served, stopping),
      postAnswers(served, stopping),
      forgetStage({ ...options, uploads: counter?.uploads }, stopping),
      recheckStage(options, stopping),
    ];
  });
}
