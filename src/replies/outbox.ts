import { createHash } from 'node:crypto';
import { parse } from 'node:path';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { keyIn, pictureNamed, StoreUnreachable, type PictureStore } from '../pictures/store.js';
import {
  BudgetSpent,
  PictureRefused,
  PlatformError,
  platformNamed,
  Superseded,
  type Fence,
  type Focus,
  type OwnPicture,
  type Platform,
} from '../platforms/port.js';
import { LONGEST_WAIT_MS } from '../queue/claims.js';
import { notePost, shown } from '../queue/desk.js';
import { holding } from '../queue/holding.js';
import type { Queue, ReplyClaim } from '../queue/queue.js';
import type { Answer, PaintedFile } from '../queue/states.js';
import { backoffMs, nextChange } from '../queue/waiting.js';
import type { RenderRequest } from '../requests/request.js';
import { remove } from './removal.js';
import {
  altTextFor,
  briefFor,
  isInterim,
  languageFor,
  sentenceFor,
  type Spoken,
} from './sentences.js';

export interface OutboxOptions {
  readonly platforms: readonly Platform[];
  readonly queue: Queue;
  /** Where painted pictures are. */
  readonly pictures: PictureStore;
  /** How often a lease is extended while its work goes on. */
  readonly heartbeatMs: number;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Who waits for the store of pictures looks again as after so many attempts: every 10 to 20 seconds. */
const STORE_AWAY = 3;

/** With waits of up to an hour that is about two days: servers are sometimes away for a weekend's maintenance. */
const ATTEMPTS = 60;

/**
 * Posts every answer that waits in the queue until the signal aborts: on each account one after the other, so that a thread
 * never sees two of ours race, and on all accounts at the same time, so that none waits for a server of another.
 */
export async function postAnswers(options: OutboxOptions, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  const underWay = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    // As it is before the queue is asked: whatever ends or changes meanwhile is a reason to ask again.
    const seen = queue.version;
    const posting = new Map(underWay);
    const claim = await queue.claimReply([...posting.keys()]);
    if (claim === undefined) {
      // An answer of which nothing can be written down ends the bot, which the supervisor restarts.
      await Promise.race([nextChange(queue, signal, seen), ...posting.values()]);
    } else {
      const { platform } = claim;
      const work = post(claim, options).finally(() => underWay.delete(platform));
      underWay.set(platform, work);
    }
  }
  await Promise.all(underWay.values());
}

async function post(claim: ReplyClaim, options: OutboxOptions): Promise<void> {
  const { queue, heartbeatMs, metrics } = options;
  const log = options.log.child({ request: claim.id, attempt: claim.attempt });
  try {
    // A post cannot be taken back halfway, so nothing aborts it.
    const reply = await holding(queue, claim, heartbeatMs, undefined, () =>
      respond(claim, options),
    );
    if (await queue.answered(claim, reply)) {
      if (reply !== undefined)
        metrics.replied(claim.answer.type, (Date.now() - claim.askedAt) / 1000);
      log.info({ mention: claim.mention.id, reply }, 'answered');
    } else if (reply !== undefined && (await isCancelled(queue, claim))) {
      // By its person or the operator, while it was being posted.
      await notePost(queue.database, claim.id, reply, 'reply_id');
      await platformNamed(options.platforms, claim.platform).remove(reply);
      log.info({ mention: claim.mention.id, reply }, 'cancelled in the last moment; taken back');
    }
  } catch (error) {
    if (error instanceof PictureLost) {
      metrics.failed('reply', error.name);
      log.error({ error }, 'the painted picture is lost or damaged; it will be painted again');
      await queue.repaint(claim);
      await removeDamaged(claim.answer, options.pictures);
      return;
    }
    if (error instanceof PictureRefused) {
      metrics.failed('reply', error.name);
      log.error({ error }, 'the network does not take the painted picture; the person is told so');
      await queue.reword(claim, { type: 'failed' });
      return;
    }
    if (error instanceof StoreUnreachable) {
      metrics.failed('reply', error.name);
      log.warn({ error }, 'the pictures cannot be reached; the answer waits');
      await queue.putReplyOff(claim, Date.now() + backoffMs(STORE_AWAY));
      return;
    }
    if (error instanceof BudgetSpent) {
      log.info({ error }, 'the network allows no more for now; the answer waits');
      await queue.putReplyOff(claim, error.retryAt.getTime());
      return;
    }
    if (error instanceof Superseded) {
      log.info({ error }, 'another process answers in our place, or nobody wants it any more');
      return;
    }
    const { kind, retryAt } =
      error instanceof PlatformError ? error : { kind: 'unreachable', retryAt: undefined };
    metrics.failed('reply', kind);
    if (kind === 'refused' || claim.attempt >= ATTEMPTS) {
      log.error({ error }, 'this cannot be answered');
      await queue.unanswerable(claim);
      return;
    }
    log.warn({ error }, 'could not answer; it will be tried again');
    // An account that is not let in any more is the listeners' affair: they tell the operator, and end.
    await queue.retryReply(claim, notBefore(claim.attempt, retryAt));
  }
}

/**
 * Whether nobody wants the answer any more. If it is only the claim that is lost, another process answers in our place, as when
 * this one was cut off from the database for longer than a lease: it has found our post in the thread, or will.
 */
async function isCancelled({ database }: Queue, { id }: ReplyClaim): Promise<boolean> {
  const state = (await shown(database, id))?.state;
  return state === undefined || state === 'cancelled';
}

/**
 * When to try again, after so many attempts: when the server said. But never at once, for a time in the past, by a server
 * whose clock is behind ours, would use up all attempts in a moment; and no limit that servers have lasts over a day.
 */
function notBefore(attempt: number, retryAt: Date | undefined): number {
  const now = Date.now();
  if (retryAt === undefined || retryAt.getTime() > now + LONGEST_WAIT_MS)
    return now + backoffMs(attempt);
  return Math.max(now + backoffMs(1), retryAt.getTime());
}

/** Does what the answer takes; gives the id of our reply, if it took one. */
async function respond(claim: ReplyClaim, options: OutboxOptions): Promise<string | undefined> {
  const { mention, answer } = claim;
  const { queue, pictures } = options;
  const platform = platformNamed(options.platforms, claim.platform);
  const fence = async () => {
    if (!(await queue.extend(claim))) throw new Superseded();
  };
  if (answer.type === 'silence') return undefined;
  if (answer.type !== 'removal') return postOnce(platform, { ...claim, answer }, pictures, fence);
  return remove(platform, mention, answer.postId, queue, pictures, fence);
}

/**
 * Posts an answer, unless the thread holds one already: by an attempt that seemed to fail, or that we did not live to
 * see, or by a bot with another database, before this one was lost or begun anew.
 */
async function postOnce(
  platform: Platform,
  { mention, request, answer }: ReplyClaim & { readonly answer: Spoken },
  pictures: PictureStore,
  fence: Fence,
): Promise<string> {
  const isPainted = answer.type === 'painted';
  const replies = await platform.repliesTo(mention);
  // Of ours there may also stand a word in between, on the place in the line.
  const earlier = replies.find(
    ({ text, hasPicture }) => hasPicture === isPainted && !isInterim(text),
  );
  if (earlier !== undefined) return earlier.id;
  const text = sentenceFor(answer, request, mention);
  const brief = briefFor(answer, mention);
  const painted = answer.type === 'painted' &&
    request && {
      picture: {
        ...(await intact(pictures, answer)),
        description: altTextFor(request, mention),
        focus: focusOf(request),
      },
      sensitive: answer.sensitive ?? false,
    };
  const reply = { text, brief, language: languageFor(mention), ...painted };
  return platform.reply(mention, reply, fence);
}

/** What must stay visible is where it was in the photo; a sheet shows it many times. */
function focusOf({ effect, content }: RenderRequest): Focus | undefined {
  return effect === 'variations' || content.kind === 'house' ? undefined : content.focus;
}

/** A picture that was painted but is not there any more as it was: a power cut, a failing disk, a hand. */
class PictureLost extends Error {
  override readonly name = 'PictureLost';
}

/** The picture, if it still is what was painted. @throws PictureLost if it is not; StoreUnreachable if nobody knows */
async function intact(
  pictures: PictureStore,
  { file, sha256 }: Pick<PaintedFile, 'file' | 'sha256'>,
): Promise<OwnPicture> {
  const bytes = await pictureNamed(pictures, file);
  if (bytes === undefined) throw new PictureLost(`${file} is gone`);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && found !== sha256)
    throw new PictureLost(`${file} is not as it was painted`);
  return { bytes, name: parse(file).name };
}

/** What is painted anew gets another name. If this one stays, it is found with all that nobody knows of. */
async function removeDamaged(answer: Answer, pictures: PictureStore): Promise<void> {
  const key = answer.type === 'painted' ? keyIn(answer.file) : undefined;
  if (key !== undefined) await pictures.remove(key).catch(() => undefined);
}
