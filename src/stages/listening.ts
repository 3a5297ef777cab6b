import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { isFailure, PlatformError, type Mention, type Platform } from '../platforms/port.js';
import { isBlocked } from '../queue/blocks.js';
import { notePost, requestFor, shown } from '../queue/desk.js';
import { placeOf } from '../queue/forecast.js';
import { dropLetter, hasLetters, keepLetter, nextLetter, putLetterOff } from '../queue/inbox.js';
import { backoffMs, nextChange } from '../queue/waiting.js';
import { languageFor, placeSentence } from '../replies/sentences.js';
import { together } from '../together.js';
import {
  understand,
  understood,
  understoodAlone,
  type Understood,
  type UnderstandingOptions,
} from './understanding.js';
import { withdraw } from './withdrawal.js';

export interface ListeningOptions extends UnderstandingOptions {
  readonly platforms: readonly Platform[];
  /** How a person learns that a request has been seen. */
  readonly acknowledge: Acknowledgment;
  /** Shares of people other than the 1 that everybody has, by address. */
  readonly weights: Readonly<Record<string, number>>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** By a favorite, by a reply that tells the place in the line, or not before the answer. */
export type Acknowledgment = 'favorite' | 'place' | 'nothing';

/**
 * How often the post that a mention replies to is asked for where the network names no time: with the waits in between
 * about five minutes. After that the mention is taken by itself.
 */
const LOOKS = 6;
/** Tried now and then all the same, for the operator may have raised a limit. */
const LONGEST_LOOK_MS = 15 * 60_000;

/**
 * Listens on every account. One that its network does not let in any more is given up, and the others go on.
 * @throws PlatformError of kind "fatal" when none is left
 */
export async function listenToAll(options: ListeningOptions, signal: AbortSignal): Promise<void> {
  const { platforms, metrics, log } = options;
  const ends = await Promise.all(
    platforms.map((platform) =>
      listen(platform, options, signal).catch((error: unknown) => {
        if (!isFailure(error, 'fatal')) throw error;
        metrics.failed('listen', error.kind);
        log.fatal(
          { error, platform: platform.name },
          'the server does not let this account in any more; sign in again with "pentimento login"',
        );
        return error;
      }),
    ),
  );
  const [error] = ends;
  if (error !== undefined && !ends.includes(undefined)) throw error;
}

/** Listen, parse, queue; and who deletes a mention wants undone what came of it. */
async function listen(
  platform: Platform,
  options: ListeningOptions,
  signal: AbortSignal,
): Promise<void> {
  const { queue, metrics, log } = options;
  const { database } = queue;

  const mentioned = async (mention: Mention) => {
    const { id, author } = mention;
    if (await isBlocked(database, author.address)) {
      log.debug({ platform: platform.name, mention: id, address: author.address }, 'blocked');
      return;
    }
    if ((await requestFor(database, platform.name, id)) !== undefined) return; // we know it already
    const isInTurn = !(await hasLetters(database, platform.name, author.id));
    const now = isInTurn ? await understood(platform, mention, options) : undefined;
    if (now !== undefined) await admit(platform, now, options);
    else if (await keepLetter(database, platform.name, mention)) queue.changed();
  };

  const deleted = async (postId: string) => {
    await dropLetter(database, platform.name, postId);
    const request = await requestFor(database, platform.name, postId);
    const person = request && (await shown(database, request))?.person;
    if (person === undefined) return;
    await withdraw(queue, platform.name, postId, person);
    log.info({ request }, 'the mention was deleted');
  };

  const failed = ({ kind }: PlatformError) => metrics.failed('listen', kind);

  await together(signal, (stopping) => [
    platform.listen({ mentioned, deleted, failed }, stopping),
    readLetters(platform, options, stopping),
  ]);
}

/** Looks at what mentions reply to, and admits them. */
async function readLetters(
  platform: Platform,
  options: ListeningOptions,
  signal: AbortSignal,
): Promise<void> {
  const { queue, log } = options;
  while (!signal.aborted) {
    const seen = queue.version;
    const letter = await nextLetter(queue.database, platform.name, Date.now());
    if (letter === undefined) {
      await nextChange(queue, signal, seen);
      continue;
    }
    const { mention, failures } = letter;
    try {
      await admit(platform, await understand(platform, mention, options), options);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const next = nextLook(error, failures + 1, Date.now());
      if (next !== undefined) {
        log.debug({ error, mention: mention.id }, 'the post above cannot be read now');
        await putLetterOff(queue.database, platform.name, mention.id, next);
        continue;
      }
      log.warn({ error, mention: mention.id }, 'the post above cannot be read');
      await admit(platform, understoodAlone(mention, options), options);
    }
    await dropLetter(queue.database, platform.name, mention.id);
  }
}

/** When to ask again for a post that has been asked for so many times; undefined if that is enough. */
function nextLook({ retryAt }: PlatformError, failures: number, now: number): number | undefined {
  // A time that is named says nothing against the post: of a day whose reads are spent, it is midnight.
  if (retryAt !== undefined && retryAt.getTime() > now)
    return Math.min(retryAt.getTime(), now + LONGEST_LOOK_MS);
  return failures < LOOKS ? now + backoffMs(failures) : undefined;
}

async function admit(
  platform: Platform,
  { mention, outcome }: Understood,
  { queue, weights, acknowledge, log }: ListeningOptions,
): Promise<void> {
  const weight = weights[mention.author.address.toLowerCase()];
  const admitted = await queue.admit(platform.name, mention, outcome, weight);
  if (admitted === undefined) return;
  const request = await requestFor(queue.database, platform.name, mention.id);
  const [became] = Object.keys(admitted);
  log.info({ platform: platform.name, mention: mention.id, request, became }, 'a mention');
  if ('talk' in admitted) return; // people talk with each other, and need no sign of ours
  const tellPlace = async () => {
    if (request === undefined) return;
    const place = await placeOf(queue.database, request, Date.now());
    if (place === undefined) return;
    const post = await platform.reply(mention, {
      text: placeSentence(place, mention),
      language: languageFor(mention),
      isInterim: true,
    });
    await notePost(queue.database, request, post, 'interim_id');
  };
  const tell = {
    favorite: () => platform.acknowledge(mention),
    place: tellPlace,
    nothing: () => Promise.resolve(),
  }[acknowledge];
  tell().catch((error: unknown) => log.warn({ error, request }, 'no acknowledgment'));
}
