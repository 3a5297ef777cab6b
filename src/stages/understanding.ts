import type { Mention, Platform, Visibility } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isBlocked } from '../queue/blocks.js';
import { isOurs, requestBehind, requestIn } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { costOfJob } from '../render/cost.js';
import { needsParent, parse, type Thread } from '../requests/parse.js';
import type { RenderRequest } from '../requests/request.js';

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
  const known = knownIn(name, mention, options);
  return needsParent(mention, known.thread) ? undefined : asKnown(mention, known, options);
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
  if (!needsParent(mention, known.thread)) return asKnown(mention, known, options);
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
  const isOur = isOurs(database, platform, inReplyTo);
  const asked = isOur
    ? requestBehind(database, platform, inReplyTo)
    : // Under one's own request; other people's pictures are another matter.
      requestIn(database, platform, author.id, inReplyTo);
  // Under our answers others may go on where everybody can see them, and only there.
  const mayUse = asked && (asked.mention.author.id === author.id || isOpen(asked.mention));
  if (!mayUse) return { thread: { isKnown: isOur } };
  return { thread: { isKnown: true, earlier: asked.request }, earlier: asked.mention };
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

function outcomeOf(mention: Mention, thread: Thread, { size }: UnderstandingOptions): Outcome {
  const parsed = parse(mention, thread);
  switch (parsed.type) {
    case 'request':
      return { request: parsed.request, cost: costFor(parsed.request, size) };
    case 'refusal':
      return { refusal: parsed.refusal };
    case 'removal':
      return { removal: parsed.postId };
    case 'talk':
      return { talk: true };
  }
}

function costFor({ content, styles }: RenderRequest, size: number): number {
  const work = { effect: 'painting', size, scale: 100, quality: 'normal' } as const;
  return costOfJob({ ...work, styles: styles.length }, content.size);
}
