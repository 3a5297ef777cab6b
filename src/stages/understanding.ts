import type { HousePainting } from '../collection.js';
import type { Mention, Platform, Visibility } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isBlocked } from '../queue/blocks.js';
import { askedBehind, askedIn } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { costOfJob } from '../render/cost.js';
import type { Vocabulary } from '../requests/hashtags.js';
import { complete, type Settings, type Sizes } from '../requests/parameters.js';
import { needsParent, parse, type Thread } from '../requests/parse.js';
import { stylesOf, type HouseStyle, type RenderRequest } from '../requests/request.js';

export interface UnderstandingOptions {
  readonly queue: Queue;
  readonly sizes: Sizes;
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
export async function understood(
  { name }: Platform,
  mention: Mention,
  options: UnderstandingOptions,
): Promise<Understood | undefined> {
  const known = await knownIn(name, mention, options);
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
  const known = await knownIn(platform.name, mention, options);
  if (!needsParent(mention, known.thread, vocabularyOf(options)))
    return asKnown(mention, known, options);
  const above = await platform.parentOf(mention);
  if (above === undefined) return understoodAlone(mention, options);
  // Not every post of ours is the answer to a request: some say where in the line one is.
  if (above.author.address === (await platform.signIn()))
    return { mention, outcome: outcomeOf(mention, { about: 'words' }, options) };
  if (await isUsable(above, mention, options))
    return {
      mention: noWiderThan(above, mention),
      outcome: outcomeOf(mention, { about: 'post', parent: above }, options),
    };
  const hasPictures = above.attachments.some(({ kind }) => kind === 'picture');
  const about = hasPictures ? 'foreign pictures' : 'unknown';
  return { mention, outcome: outcomeOf(mention, { about }, options) };
}

/** As if nothing were known of the post above: what cannot be looked at does not keep a person waiting for ever. */
export function understoodAlone(mention: Mention, options: UnderstandingOptions): Understood {
  return { mention, outcome: outcomeOf(mention, { about: 'unknown' }, options) };
}

/** What the queue knows of the post above, and the mention for which something was painted there. */
interface Known {
  readonly thread: Thread;
  readonly earlier?: Mention;
}

/** How far a thread is followed upward: who asks for help five times in a row may still come back to the picture. */
const HIGHEST = 10;

async function knownIn(
  platform: string,
  { inReplyTo, author }: Mention,
  { queue: { database } }: UnderstandingOptions,
): Promise<Known> {
  let postId = inReplyTo;
  for (let height = 0; postId !== undefined && height < HIGHEST; height++) {
    const answered = await askedBehind(database, platform, postId);
    if (answered === 'forgotten') return { thread: { about: 'forgotten' } };
    const written = answered === undefined ? await askedIn(database, platform, postId) : undefined;
    // Other people's own posts are another matter, and what has been forgotten is only a post.
    if (written !== undefined && (written.person !== author.id || written.asked === undefined))
      return { thread: { about: 'talk' } };
    const asked = answered ?? written?.asked;
    if (asked === undefined) break;
    const { mention, request } = asked;
    const isOwn = mention.author.id === author.id;
    // Under our answers others may go on where everybody can see them, and only there.
    const isOthers = isOpen(mention) && !(await isBlocked(database, mention.author.address));
    if (request !== undefined)
      return isOwn || isOthers
        ? { thread: { about: 'picture', earlier: request, postId }, earlier: mention }
        : { thread: { about: 'private picture' } };
    if (!isOwn) return { thread: { about: 'words' } };
    // What was not enough to paint may be with what is there now.
    if (mention.attachments.length > 0 || mention.inReplyTo === undefined)
      return { thread: { about: 'words', parent: mention }, earlier: mention };
    postId = mention.inReplyTo; // we have only talked about what is above
  }
  return { thread: { about: postId === inReplyTo ? 'unknown' : 'words' } };
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

async function isUsable(
  above: Mention,
  { author }: Mention,
  { othersPictures, queue }: UnderstandingOptions,
): Promise<boolean> {
  if (above.author.id === author.id) return true;
  return (
    othersPictures && isOpen(above) && !(await isBlocked(queue.database, above.author.address))
  );
}

function isOpen({ visibility }: Mention): boolean {
  return visibility === 'public' || visibility === 'unlisted';
}

const fromWidest: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

/**
 * A mention, not more public than the post whose pictures it uses, as sensitive, and behind the same warning. It says, too,
 * whose pictures they are, for they may not want to see them in the gallery.
 */
function noWiderThan(above: Mention, mention: Mention): Mention {
  const { visibility, sensitive, spoiler } = above;
  const rank = Math.max(fromWidest.indexOf(visibility), fromWidest.indexOf(mention.visibility));
  const others = [above.author, ...(above.picturesOf ?? [])].filter(
    ({ id }) => id !== mention.author.id,
  );
  return {
    ...mention,
    ...(others.length > 0 && { picturesOf: others }),
    visibility: fromWidest[rank] ?? 'direct',
    sensitive: mention.sensitive || sensitive,
    spoiler: mention.spoiler === '' ? spoiler : mention.spoiler,
  };
}

/** What hashtags may say here. */
function vocabularyOf({ collection, sizes }: UnderstandingOptions): Vocabulary {
  const houseStyles = collection.map(({ name, title, alt }): HouseStyle => ({
    kind: 'house',
    name,
    title,
    description: alt,
  }));
  return { houseStyles, sizes };
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
      return { help: { topic: parsed.topic, sizes: options.sizes } };
    case 'talk':
      return { talk: true };
  }
}

/** Every setting of a request: the size not above what the operator allows now, who may have allowed more before. */
export function settingsFor(
  { settings }: RenderRequest,
  { sizes }: Pick<UnderstandingOptions, 'sizes'>,
): Settings {
  const all = complete({ size: sizes.usual, ...settings });
  return { ...all, size: Math.min(all.size, sizes.max) };
}

/** The arithmetic that a request will take, as far as it can be told before its pictures have been fetched. */
export function costFor(
  request: RenderRequest,
  options: Pick<UnderstandingOptions, 'sizes'>,
): number {
  const { size, scale, quality } = settingsFor(request, options);
  const styles = stylesOf(request).length;
  const photo = request.content.kind === 'house' ? undefined : request.content.size;
  return costOfJob({ effect: request.effect, size, scale, quality, styles }, photo);
}
