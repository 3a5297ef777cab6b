import type { Attachment, Mention } from '../platforms/port.js';
import { actionSpoken } from './actions.js';
import { compose } from './compose.js';
import { readHashtags, type Said, type Vocabulary } from './hashtags.js';
import { plain } from './plain.js';
import type { Refusal, RenderRequest, Tag } from './request.js';

export type Parsed =
  | { readonly type: 'request'; readonly request: RenderRequest }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** What came of an earlier mention is to be removed: the post that this one replies to. */
  | { readonly type: 'removal'; readonly postId: string }
  /** What is pending is to be ended: what belongs to the post that this one replies to, or all. */
  | { readonly type: 'cancel'; readonly postId: string | undefined }
  /** The person wants to know where they are in the line. */
  | { readonly type: 'status' }
  /** The person wants to know how it works: all of it, or one hashtag. */
  | { readonly type: 'help'; readonly topic: Tag | undefined }
  /** Words under a picture of ours, such as thanks: they ask for nothing. */
  | { readonly type: 'talk' };

/** What is known of the post that a mention replies to. */
export interface Thread {
  /** Whether that post is ours, or one that we have answered: then words under it may be meant for nobody. */
  readonly isKnown?: boolean;
  /** Whether it is ours, and all that we knew of it has been forgotten. */
  readonly isForgotten?: boolean;
  /** What was painted for it, if anything was and we still know. */
  readonly earlier?: RenderRequest | undefined;
  /** It itself, if its pictures may be used. */
  readonly parent?: Mention | undefined;
  /** Whether it has pictures that may not. */
  readonly isForeign?: boolean;
}

/** Whether a mention can only be understood if one looks at the post that it replies to. */
export function needsParent(
  { text, attachments, inReplyTo }: Mention,
  thread: Thread,
  vocabulary: Vocabulary,
): boolean {
  if (inReplyTo === undefined || thread.isKnown === true || attachments.length > 1) return false;
  const { actions } = readHashtags(text, vocabulary);
  return !(['delete', 'cancel', 'status', 'help'] as const).some((action) => actions.has(action));
}

/**
 * What a mention asks for: its first picture is the photo, the others are paintings. If it has none or one, those of the
 * post that it replies to come first. In reply to a painted picture no pictures are needed: whatever else is said is
 * added to what was said then, and a new picture is the painting for the same photo. Never throws, whatever the text.
 */
export function parse(mention: Mention, thread: Thread, vocabulary: Vocabulary): Parsed {
  const { text, inReplyTo } = mention;
  const said = readHashtags(text, vocabulary);
  const spoken = thread.isKnown === true ? actionSpoken(plain(text)) : undefined;
  const actions = new Set(spoken === undefined ? said.actions : [...said.actions, spoken]);
  if (actions.has('delete'))
    return inReplyTo === undefined
      ? refusal('nothing to delete')
      : { type: 'removal', postId: inReplyTo };
  // Whoever brings two pictures wants them painted, whatever hashtags stand beside.
  if (mention.attachments.length < 2) {
    if (actions.has('cancel'))
      return { type: 'cancel', postId: thread.isKnown === true ? inReplyTo : undefined };
    if (actions.has('status')) return { type: 'status' };
    if (actions.has('help')) return { type: 'help', topic: said.topic };
  }
  if (mention.attachments.some(({ kind }) => kind !== 'picture')) return refusal('not pictures');
  return picture(mention, { ...said, actions }, thread, vocabulary);
}

function picture(
  mention: Mention,
  said: Said,
  { isKnown = false, isForgotten = false, isForeign = false, earlier, parent }: Thread,
  { houseStyles }: Vocabulary,
): Parsed {
  const own = mention.attachments;
  const asksAgain =
    Object.keys(said.settings).length + said.actions.size > 0 || said.style !== undefined;
  if (own.length === 0 && !asksAgain) {
    const slip = slipIn(said);
    if (slip !== undefined) return refused(slip);
    if (isKnown) return { type: 'talk' };
  }
  const pictures = withParents(own, parent, said);
  const isNew = pictures.length > 1;
  if (isForgotten && !isNew) return refusal('forgotten');
  const tooFew = (type: PlainRefusal) => refusal(isForeign ? 'foreign pictures' : type);
  if (pictures.length === 0 && earlier === undefined) return tooFew('no pictures');
  // Two pictures are enough for anything, and so is what there was; a dream takes only one, and a painting of ours, too.
  const isEnough =
    isNew || earlier !== undefined || said.style !== undefined || said.actions.has('dream');
  const composed = isEnough
    ? compose({ pictures, earlier, houseStyles, mentionId: mention.id }, said)
    : undefined;
  if (composed) return { type: 'request', request: composed };
  const slip = slipIn(said);
  return slip?.type === 'did you mean' ? refused(slip) : tooFew('one picture');
}

/** What was nearly said, if nothing was. */
function slipIn({ almost, notes }: Said): Refusal | undefined {
  if (almost !== undefined) return almost;
  const [note] = notes;
  return note?.type === 'no such value'
    ? { type: 'no value', parameter: note.parameter }
    : undefined;
}

/** With a photo above it, one picture is the painting, unless it is to be painted like one of ours, or dreamt of. */
function withParents(
  own: readonly Attachment[],
  parent: Mention | undefined,
  { actions, style }: Said,
): readonly Attachment[] {
  const above = parent?.attachments.filter(({ kind }) => kind === 'picture') ?? [];
  if (own.length === 0) return above;
  const needsAnother = own.length === 1 && style === undefined && !actions.has('dream');
  return needsAnother ? [...above.slice(0, 1), ...own] : own;
}

function refused(refusal: Refusal): Parsed {
  return { type: 'refusal', refusal };
}

function refusal(type: PlainRefusal): Parsed {
  return refused({ type });
}

/** Those that say nothing more. */
type PlainRefusal = Extract<
  Refusal['type'],
  | 'no pictures'
  | 'one picture'
  | 'not pictures'
  | 'foreign pictures'
  | 'nothing to delete'
  | 'forgotten'
>;
