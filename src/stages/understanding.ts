import type { Attachment, Mention, Platform, Visibility } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isOurs, requestBehind, requestIn } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { sizeFor } from '../render/decode.js';
import { needsParent, parse, type Thread } from '../requests/parse.js';
import type { Size } from '../style/picture.js';
import { costOf, pyramid } from '../style/schedule.js';

export interface UnderstandingOptions {
  readonly queue: Queue;
  /** Longest side of the results. */
  readonly size: number;
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
  const thread = threadOf(name, mention, options);
  if (needsParent(mention, thread)) return undefined;
  return { mention, outcome: outcomeOf(mention, thread, options) };
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
  const thread = threadOf(platform.name, mention, options);
  if (!needsParent(mention, thread))
    return { mention, outcome: outcomeOf(mention, thread, options) };
  const above = await platform.parentOf(mention);
  // Not every post of ours is the answer to a request: some say where in the line one is.
  if (above?.author.address === (await platform.signIn()))
    return { mention, outcome: outcomeOf(mention, { isKnown: true }, options) };
  const parent = above && isUsable(above, mention, options) ? above : undefined;
  return {
    mention: parent ? noWiderThan(parent, mention) : mention,
    outcome: outcomeOf(mention, { parent }, options),
  };
}

/** As if nothing were known of the post above: what cannot be looked at does not keep a person waiting for ever. */
export function understoodAlone(mention: Mention, options: UnderstandingOptions): Understood {
  return { mention, outcome: outcomeOf(mention, {}, options) };
}

function threadOf(
  platform: string,
  { inReplyTo, author }: Mention,
  { queue: { database } }: UnderstandingOptions,
): Thread {
  if (inReplyTo === undefined) return {};
  if (isOurs(database, platform, inReplyTo))
    return { isKnown: true, earlier: requestBehind(database, platform, inReplyTo) };
  // Under one's own request; other people's pictures are another matter.
  const earlier = requestIn(database, platform, author.id, inReplyTo);
  return { isKnown: earlier !== undefined, earlier };
}

function isUsable(
  above: Mention,
  { author }: Mention,
  { othersPictures }: UnderstandingOptions,
): boolean {
  if (above.author.id === author.id) return true;
  return othersPictures && (above.visibility === 'public' || above.visibility === 'unlisted');
}

const fromWidest: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

/** A mention, not more public than the post whose pictures it uses, and as sensitive. */
function noWiderThan({ visibility, sensitive }: Mention, mention: Mention): Mention {
  const rank = Math.max(fromWidest.indexOf(visibility), fromWidest.indexOf(mention.visibility));
  return {
    ...mention,
    visibility: fromWidest[rank] ?? 'direct',
    sensitive: mention.sensitive || sensitive,
  };
}

function outcomeOf(mention: Mention, thread: Thread, { size }: UnderstandingOptions): Outcome {
  const parsed = parse(mention, thread);
  switch (parsed.type) {
    case 'request':
      return { request: parsed.request, cost: costFor(parsed.request.content, size) };
    case 'refusal':
      return { refusal: parsed.refusal };
    case 'removal':
      return { removal: parsed.postId };
    case 'talk':
      return { talk: true };
  }
}

/**
 * The arithmetic that a photo will take, as far as its size is known; otherwise as much as it can be, a square's. It is
 * never more, whatever size a server says that the photo has.
 */
function costFor({ size: given }: Attachment, longest: number): number {
  const costAs = (size: Size) => costOf(pyramid(sizeFor(size, longest)));
  const most = costAs({ width: longest, height: longest });
  return given === undefined ? most : Math.min(costAs(given), most);
}
