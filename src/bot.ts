import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './log.js';
import {
  PictureTooLarge,
  PlatformError,
  type Attachment,
  type Mention,
  type Platform,
} from './platforms/port.js';
import type { Queue, RenderClaim } from './queue/queue.js';
import { backoffMs, nextChange } from './queue/waiting.js';
import type { Answer, Problem, Which } from './queue/states.js';
import { PictureError, type PictureProblem } from './render/job.js';
import type { RenderPool } from './render/pool.js';
import type { SafetyPolicy } from './render/safety.js';
import { postAnswers } from './replies/outbox.js';
import { parameters } from './requests/parameters.js';
import { parse } from './requests/parse.js';
import { costOf, pyramid } from './style/schedule.js';

export interface BotOptions {
  readonly platforms: readonly Platform[];
  readonly queue: Queue;
  readonly pool: RenderPool;
  /** Where downloads and painted pictures lie. */
  readonly folder: string;
  /** Longest side of the results. */
  readonly size: number;
  /** What becomes of indecent pictures. */
  readonly safety: SafetyPolicy;
  readonly maxDownloadBytes: number;
  /** How often a render is tried before we apologize. */
  readonly renderAttempts: number;
  /** How often a lease is extended while its work goes on. */
  readonly heartbeatMs: number;
  /** Called with 0..1 as a picture comes along. */
  readonly onProgress: (mention: Mention, fraction: number) => void;
  readonly log: Log;
}

/**
 * The way of a mention: listen → parse → queue → render → reply. Each arrow goes through the queue's database, so the
 * stages know nothing of each other and each goes on where it was after a crash.
 *
 * Runs until the signal aborts: then a render under way is handed back to the queue, and a reply under way is finished.
 * @throws PlatformError of kind "fatal" when a network will not have us any more.
 */
export async function runBot(options: BotOptions, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const stages = [
    ...options.platforms.map((platform) => listen(platform, options, stopping)),
    renderStage(options, stopping),
    postAnswers(options, stopping),
  ];
  try {
    await Promise.all(stages);
  } finally {
    stop.abort();
    await Promise.allSettled(stages);
  }
}

/** Listen, parse, queue. */
async function listen(platform: Platform, options: BotOptions, signal: AbortSignal): Promise<void> {
  const { queue, size, log } = options;
  const accept = (mention: Mention) => {
    const parsed = parse(mention);
    const cost = costOf(pyramid({ width: size, height: size }));
    const outcome =
      parsed.type === 'request' ? { request: parsed.request, cost } : { refusal: parsed.refusal };
    if (!queue.admit(platform.name, mention, outcome)) return;
    log.info({ platform: platform.name, mention: mention.id, parsed: parsed.type }, 'a mention');
    platform
      .acknowledge(mention)
      .catch((error: unknown) => log.warn({ error }, 'no acknowledgment'));
  };
  await platform.listen(accept, signal);
}

/** Render: as many at a time as the pool has room for. */
async function renderStage(options: BotOptions, signal: AbortSignal): Promise<void> {
  const { queue, pool } = options;
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    const claim = pool.hasRoom ? queue.claimRender() : undefined;
    if (claim === undefined) {
      // A render whose outcome cannot be written down (a full disk, say) ends the bot, which the supervisor restarts.
      await Promise.race([nextChange(queue, signal), ...underWay]);
    } else {
      const work = render(claim, options, signal).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }
  await Promise.all(underWay);
}

async function render(claim: RenderClaim, options: BotOptions, signal: AbortSignal): Promise<void> {
  const { queue, renderAttempts, heartbeatMs } = options;
  const log = options.log.child({ request: claim.id, attempt: claim.attempt });
  if (claim.attempt > renderAttempts) {
    log.error('given up after too many attempts');
    queue.rendered(claim, { type: 'failed' });
    return;
  }
  const heartbeat = setInterval(() => queue.extend(claim), heartbeatMs);
  try {
    const answer = await paintRequest(claim, options, signal);
    queue.rendered(claim, answer);
    log.info({ answer: answer.type }, 'rendered');
  } catch (error) {
    if (signal.aborted) {
      queue.handBack(claim);
    } else {
      log.warn({ error }, 'a render failed; it will be tried again');
      queue.retryRender(claim, Date.now() + backoffMs(claim.attempt));
    }
  } finally {
    clearInterval(heartbeat);
  }
}

/** Fetches the pictures and has them painted; a picture that cannot be used is an answer, too. */
async function paintRequest(
  { id, platform: name, mention, request }: RenderClaim,
  { platforms, pool, folder, size, safety, maxDownloadBytes, onProgress }: BotOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const platform = platforms.find((candidate) => candidate.name === name);
  if (platform === undefined) throw new Error(`${name} is not connected`);
  const downloads = join(folder, 'downloads', String(id));
  await mkdir(downloads, { recursive: true });
  await mkdir(join(folder, 'pictures'), { recursive: true });
  const photo = join(downloads, 'photo');
  const fetched = async (attachment: Attachment, file: string): Promise<string> => {
    try {
      await platform.download(attachment, file, maxDownloadBytes, signal);
      return file;
    } catch (error) {
      throw asPictureError(error, file);
    }
  };
  try {
    await fetched(request.content, photo);
    const styles = [];
    for (const [i, style] of request.styles.entries())
      styles.push({ file: await fetched(style, join(downloads, `painting${i + 1}`)), weight: 1 });
    const file = join('pictures', `${id}.jpg`);
    const painted = await pool.paint(
      {
        content: photo,
        styles,
        output: join(folder, file),
        size,
        strength: request.strength,
        seed: parameters.seed.default,
        safety,
      },
      { signal, onProgress: ({ fraction }) => onProgress(mention, fraction) },
    );
    return { type: 'painted', file, ...painted };
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    const which: Which = error.file === photo ? 'photo' : 'painting';
    return { type: 'bad picture', which, problem: problemOf[error.problem] };
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

/** A picture that its server will never give us is as unusable as a damaged one. */
function asPictureError(error: unknown, file: string): unknown {
  if (error instanceof PictureTooLarge)
    return new PictureError('too many pixels', file, error.message);
  if (error instanceof PlatformError && error.kind === 'refused')
    return new PictureError('missing', file, error.message);
  return error;
}

const problemOf: Readonly<Record<PictureProblem, Problem>> = {
  missing: 'unreachable',
  empty: 'damaged',
  'not a picture': 'unreadable',
  damaged: 'damaged',
  'too many pixels': 'too large',
  'too small': 'too small',
  unsafe: 'unsafe',
};
