import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HousePainting } from '../collection.js';
import { keyOf, StoreUnreachable, type PictureKey, type PictureStore } from '../pictures/store.js';
import {
  PictureTooLarge,
  PlatformError,
  platformNamed,
  type Mention,
  type Platform,
} from '../platforms/port.js';
import { ClaimLost } from '../queue/holding.js';
import type { RenderClaim } from '../queue/queue.js';
import type { Answer, Problem, Which } from '../queue/states.js';
import { backoffMs } from '../queue/waiting.js';
import { PictureError, type PictureProblem, type RenderJob } from '../render/job.js';
import type { RenderPool } from '../render/pool.js';
import type { SafetyPolicy } from '../render/safety.js';
import { stylesOf, type HouseStyle, type Source } from '../requests/request.js';
import { Showing } from './showing.js';
import { settingsFor, understand, type UnderstandingOptions } from './understanding.js';
import { withdraw } from './withdrawal.js';

/** In the folder of this machine, what is being painted there. */
export const DOWNLOADS = 'downloads';

/** With the waits in between about half a minute. */
const PUT_ATTEMPTS = 4;

export interface PaintingOptions extends UnderstandingOptions {
  readonly platforms: readonly Platform[];
  readonly pool: RenderPool;
  /** Where painted pictures are to be, and what people have sent. */
  readonly pictures: PictureStore;
  /** Where this machine paints: what is there is of no use to any other. */
  readonly folder: string;
  /** What becomes of indecent pictures. */
  readonly safety: SafetyPolicy;
  readonly maxDownloadBytes: number;
  /** Called with 0..1 as a picture comes along, and with how many sketches of it there have been. */
  readonly onProgress: (mention: Mention, fraction: number, sketches: number) => void;
}

export interface Rendered {
  readonly answer: Answer;
  /** What painted it, and what it was thought to cost, if anything was painted. */
  readonly work?: { readonly device: string; readonly cost: number };
}

/**
 * Looks whether the post still asks for the same, for people edit and delete, and paints what it asks for now.
 * @param isLastDownload whether what cannot be fetched now is not tried again
 * @throws ClaimLost if the post is gone; PlatformError if a server does not answer; StoreUnreachable; whatever the pool throws
 */
export async function paint(
  claim: RenderClaim,
  options: PaintingOptions,
  isLastDownload: boolean,
  signal: AbortSignal,
): Promise<Rendered> {
  const { queue, platforms } = options;
  const { mention } = claim;
  const platform = platformNamed(platforms, claim.platform);
  const paintAs = (as: Pick<RenderClaim, 'request' | 'cost'>) =>
    paintRequest({ ...claim, ...as }, platform, options, isLastDownload, signal);
  // What has not answered for hours is painted as it was.
  const current = isLastDownload ? mention : await platform.reread(mention);
  if (current === undefined) {
    await withdraw(queue, platform.name, mention.id, mention.author.id);
    throw new ClaimLost('the post that asked for it is gone');
  }
  if (isSame(current, mention)) return paintAs(claim);
  const edited = await understand(platform, current, options);
  const { outcome } = edited;
  await queue.amend(claim, edited.mention, outcome);
  if ('request' in outcome) return paintAs(outcome);
  return {
    answer:
      'refusal' in outcome ? { type: 'refused', refusal: outcome.refusal } : { type: 'silence' },
  };
}

/** Whether a post says what it said, with the same pictures. */
function isSame(one: Mention, other: Mention): boolean {
  const essence = ({ text, attachments, spoiler, sensitive }: Mention) => {
    const pictures = attachments.map(({ url, description }) => [url, description]);
    return JSON.stringify([text, pictures, spoiler, sensitive]);
  };
  return essence(one) === essence(other);
}

/**
 * Fetches the pictures and has them painted; a picture that cannot be used is an answer, too, and so is, at the last
 * attempt, one that cannot be fetched.
 */
async function paintRequest(
  { id, token, mention, request, cost }: RenderClaim,
  platform: Platform,
  options: PaintingOptions,
  isLastDownload: boolean,
  signal: AbortSignal,
): Promise<Rendered> {
  const { pool, pictures, folder, collection, safety, maxDownloadBytes, onProgress } = options;
  // Of this claim alone: who has lost it may still be at work while the next one begins.
  const its = `${id}-${token.slice(0, 8)}`;
  const key = keyOf(`pictures/${its}.jpg`);
  const downloads = join(folder, DOWNLOADS, its);
  await mkdir(downloads, { recursive: true });
  const photo = join(downloads, 'photo');
  /** Fetches a picture, unless it is one of ours; gives the file. */
  const fetched = async (source: Source, file: string): Promise<string> => {
    if (source.kind === 'house') return fileOf(source, collection);
    try {
      await platform.download(source, file, maxDownloadBytes, signal);
      return file;
    } catch (error) {
      throw asPictureError(error, file, isLastDownload);
    }
  };
  const { blend, ...settings } = settingsFor(request, options);
  const watched = platform.watched?.(mention);
  const report = (fraction: number, sketches: number) => onProgress(mention, fraction, sketches);
  const showing = watched && new Showing(pictures, watched, downloads, report);
  try {
    const output = join(downloads, 'painted.jpg');
    const common = {
      ...settings,
      faces: settings.faces === 'on',
      content: await fetched(request.content, photo),
      output,
      safety,
      ...(showing && { watched: showing.files }),
    };
    const styles = [];
    for (const [i, style] of stylesOf(request).entries()) {
      const weight = blend[i] ?? 1;
      // What does not count at all need not be fetched.
      if (weight > 0)
        styles.push({ file: await fetched(style, join(downloads, `painting${i + 1}`)), weight });
    }
    const { effect } = request;
    const job: RenderJob =
      effect === 'dream' ? { ...common, effect } : { ...common, effect, styles };
    const { device, ...painted } = await pool.paint(job, {
      signal,
      onProgress: (progress) =>
        showing ? showing.progress(progress) : report(progress.fraction, progress.sketches),
    });
    await showing?.finish();
    await putPatiently(pictures, key, output, signal);
    return { answer: { type: 'painted', file: key, ...painted }, work: { device, cost } };
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    const which: Which = error.file === photo ? 'photo' : 'painting';
    return { answer: { type: 'bad picture', which, problem: problemOf[error.problem] } };
  } finally {
    await showing?.settled();
    await rm(downloads, { recursive: true, force: true });
  }
}

/**
 * Puts a picture where it belongs. It has taken minutes to paint, so a store that is away for a moment is waited for.
 * @throws StoreUnreachable if it is away for longer; the signal's reason
 */
async function putPatiently(
  pictures: PictureStore,
  key: PictureKey,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await pictures.put(key, file);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnreachable) || attempt === PUT_ATTEMPTS) throw error;
      await sleep(backoffMs(attempt), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
}

/** @throws Error if the operator has removed it since it was asked for */
function fileOf({ name }: HouseStyle, collection: readonly HousePainting[]): string {
  const painting = collection.find((each) => each.name === name);
  if (painting === undefined) throw new Error(`the house collection has no ${name}`);
  return painting.file;
}

/** A picture that its server will never give us is as unusable as a damaged one. */
function asPictureError(error: unknown, file: string, isLastDownload: boolean): unknown {
  if (error instanceof PictureTooLarge)
    return new PictureError('too many pixels', file, error.message);
  if (error instanceof PlatformError && (error.kind === 'refused' || isLastDownload))
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
