import { join } from 'node:path';
import type { Log } from '../log.js';
import { PlatformError, type Platform } from '../platforms/port.js';
import type { Queue, ReplyClaim } from '../queue/queue.js';
import { backoffMs, nextChange } from '../queue/waiting.js';
import { altTextFor, sentenceFor } from './sentences.js';

export interface OutboxOptions {
  readonly platforms: readonly Platform[];
  readonly queue: Queue;
  /** What the files of painted pictures are relative to. */
  readonly folder: string;
  /** How often a lease is extended while its work goes on. */
  readonly heartbeatMs: number;
  readonly log: Log;
}

/** With waits of up to an hour that is about two days: servers are sometimes away for a weekend's maintenance. */
const ATTEMPTS = 60;

/**
 * Posts every answer that waits in the queue, one after the other so that a thread never sees two of ours race, until
 * the signal aborts.
 * @throws PlatformError of kind "fatal"
 */
export async function postAnswers(options: OutboxOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const claim = options.queue.claimReply();
    if (claim === undefined) await nextChange(options.queue, signal);
    else await post(claim, options);
  }
}

async function post(claim: ReplyClaim, options: OutboxOptions): Promise<void> {
  const { queue, heartbeatMs } = options;
  const log = options.log.child({ request: claim.id, attempt: claim.attempt });
  const heartbeat = setInterval(() => queue.extend(claim), heartbeatMs);
  try {
    queue.answered(claim, await postOnce(claim, options));
    log.info({ mention: claim.mention.id }, 'answered');
  } catch (error) {
    const { kind, retryAt } =
      error instanceof PlatformError ? error : { kind: 'unreachable', retryAt: undefined };
    if (kind === 'refused' || claim.attempt >= ATTEMPTS) {
      log.error({ error }, 'this cannot be answered');
      queue.unanswerable(claim);
      return;
    }
    log.warn({ error }, 'could not answer; it will be tried again');
    queue.retryReply(claim, retryAt?.getTime() ?? Date.now() + backoffMs(claim.attempt));
    if (kind === 'fatal') throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Posts an answer, unless an earlier attempt that seemed to fail, or that we did not live to see, has done so. */
async function postOnce(claim: ReplyClaim, { platforms, folder }: OutboxOptions): Promise<string> {
  const { id, mention, request, answer, attempt } = claim;
  const platform = platforms.find(({ name }) => name === claim.platform);
  if (platform === undefined) throw new Error(`${claim.platform} is not connected`);
  const earlier = attempt > 1 ? await platform.findReply(mention) : undefined;
  if (earlier !== undefined) return earlier;
  const text = sentenceFor(answer, request);
  const painted = answer.type === 'painted' &&
    request && {
      picture: { file: join(folder, answer.file), description: altTextFor(request) },
      sensitive: answer.sensitive ?? false,
    };
  return platform.reply(mention, { text, ...painted }, `pentimento-${id}`);
}
