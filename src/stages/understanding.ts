import type { HousePainting } from '../collection.js';
import type { Mention, Platform, Visibility } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isBlocked } from '../queue/blocks.js';
import { askedBehind, askedIn } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { costOfJob } from '../render/cost.js';
import type { Vocabulary } from '../requests/hashtags.js';
import { complete } from '../requests/parameters.js';
import { needsParent, parse, type Thread } from '../requests/parse.js';
import { stylesOf, type HouseStyle, type RenderRequest } from '../requests/request.js';

export interface UnderstandingOptions {
  readonly queue: Queue;
  /** Longest side of the results, in pixels: what it is where nothing is said, and what it may be. */
  readonly size: number;
  readonly maxSize: number;
  /** The paintings that one can ask for by name. */
  readonly collection: readonly HousePainting[];
  /** Whether a mention in reply to other people's public posts may use their pictures. */
  readonly othersPictures: boolean;
}

/** What a mention asks for; and the mention itself, which the pictures of another post may have made more private. */
export interface Understood {
  readonly mention: Mention;
  readonly outcome: Outcome;
}

/** What a mention asks for, as far as it can be told without looking at other posts; undefined if it cannot. */
export function understood(
  { name }: Platform,
  mention: Mention,
  options: UnderstandingOptions,
): Understood | undefined {
  const known = knownIn(name, mention, options);
  return needsParent(mention, known.thread, vocabularyOf(options))
    ? undefined
    : asKnown(mention, known, options);
}

/**
 * What a mention asks for in its thread.
 * @throws PlatformError if the post that it replies to cannot be looked at
 */
export async function understand(
  platform: Platform,
  mention: Mention,
  options: UnderstandingOptions,
): Promise<Understood> {
  const known = knownIn(platform.name, mention, options);
  if (!needsParent(mention, known.thread, vocabularyOf(options)))
    return asKnown(mention, known, options);
  const above = await platform.parentOf(mention);
  // Not every post of ours is the answer to a request: some say where in the line one is.
  if (above?.author.address === (await platform.signIn()))
    return { mention, outcome: outcomeOf(mention, { isKnown: true }, options) };
  if (above === undefined) return understoodAlone(mention, options);
  if (!isUsable(above, mention, options)) {
    const isForeign = above.attachments.some(({ kind }) => kind === 'picture');
    return { mention, outcome: outcomeOf(mention, { isForeign }, options) };
  }
  return {
    mention: noWiderThan(above, mention),
    outcome: outcomeOf(mention, { parent: above }, options),
  };
}

/** As if nothing were known of the post above: what cannot be looked at does not keep a person waiting for ever. */
export function understoodAlone(mention: Mention, options: UnderstandingOptions): Understood {
  return { mention, outcome: outcomeOf(mention, {}, options) };
}

/** What the queue knows of the post above, and the mention for which something was painted there. */
interface Known {
  readonly thread: Thread;
  readonly earlier?: Mention;
}

function knownIn(
  platform: string,
  { inReplyTo, author }: Mention,
  { queue: { database } }: UnderstandingOptions,
): Known {
  if (inReplyTo === undefined) return { thread: {} };
  const answered = askedBehind(database, platform, inReplyTo);
  if (answered === 'forgotten') return { thread: { isKnown: true, isForgotten: true } };
  // Under one's own request, too; other people's pictures are another matter.
  const asked = answered ?? askedIn(database, platform, author.id, inReplyTo);
  if (asked === undefined) return { thread: {} };
  const { mention, request } = asked;
  const isOwn = mention.author.id === author.id;
  // Under our answers others may go on where everybody can see them, and only there.
  if (request !== undefined && (isOwn || isOpen(mention)))
    return { thread: { isKnown: true, earlier: request }, earlier: mention };
  // What was not enough to paint may be with what is there now.
  return isOwn
    ? { thread: { isKnown: true, parent: mention }, earlier: mention }
    : { thread: { isKnown: true } };
}

function asKnown(
  mention: Mention,
  { thread, earlier }: Known,
  options: UnderstandingOptions,
): Understood {
  const outcome = outcomeOf(mention, thread, options);
  const usesEarlier = 'request' in outcome && mention.attachments.length < 2;
  return {
    mention: earlier && usesEarlier ? noWiderThan(earlier, mention) : mention,
    outcome,
  };
}

function isUsable(
  above: Mention,
  { author }: Mention,
  { othersPictures, queue }: UnderstandingOptions,
): boolean {
  if (above.author.id === author.id) return true;
  return othersPictures && isOpen(above) && !isBlocked(queue.database, above.author.address);
}

function isOpen({ visibility }: Mention): boolean {
  return visibility === 'public' || visibility === 'unlisted';
}

const fromWidest: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

/** A mention, not more public than the post whose pictures it uses, as sensitive, and behind the same warning. */
function noWiderThan({ visibility, sensitive, spoiler }: Mention, mention: Mention): Mention {
  const rank = Math.max(fromWidest.indexOf(visibility), fromWidest.indexOf(mention.visibility));
  return {
    ...mention,
    visibility: fromWidest[rank] ?? 'direct',
    sensitive: mention.sensitive || sensitive,
    spoiler: mention.spoiler === '' ? spoiler : mention.spoiler,
  };
}

/** What hashtags may say here. */
function vocabularyOf({ collection, maxSize }: UnderstandingOptions): Vocabulary {
  const houseStyles = collection.map(({ name, title, alt }): HouseStyle => ({
    kind: 'house',
    name,
    title,
    description: alt,
  }));
  return { houseStyles, maxSize };
}

function outcomeOf(mention: Mention, thread: Thread, options: UnderstandingOptions): Outcome {
  const parsed = parse(mention, thread, vocabularyOf(options));
  switch (parsed.type) {
    case 'request':
      return { request: parsed.request, cost: costFor(parsed.request, options) };
    case 'refusal':
      return { refusal: parsed.refusal };
    case 'removal':
      return { removal: parsed.postId };
    case 'cancel':
      return { cancel: parsed.postId };
    case 'status':
      return { status: true };
    case 'help':
      return {
        help: { topic: parsed.topic, sizes: { usual: options.size, max: options.maxSize } },
      };
    case 'talk':
      return { talk: true };
  }
}

/** The arithmetic that a request will take, as far as it can be told before its pictures have been fetched. */
function costFor(request: RenderRequest, options: UnderstandingOptions): number {
  const { scale, quality } = complete(request.settings);
  const { size = options.size } = request.settings;
  const styles = stylesOf(request).length;
  const photo = request.content.kind === 'house' ? undefined : request.content.size;
  return costOfJob({ effect: request.effect, size, scale, quality, styles }, photo);
}
