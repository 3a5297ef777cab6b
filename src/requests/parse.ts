import type { Attachment, Mention } from '../platforms/port.js';
import { compose } from './compose.js';
import { readHashtags, type Said, type Vocabulary } from './hashtags.js';
import type { Refusal, RenderRequest, Tag } from './request.js';

export type Parsed =
  | { readonly type: 'request'; readonly request: RenderRequest }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** What came of an earlier mention is to be removed: the post that this one is about. */
  | { readonly type: 'removal'; readonly postId: string }
  /** What is pending is to be ended: what belongs to the post that this one is about, or all. */
  | { readonly type: 'cancel'; readonly postId: string | undefined }
  /** The person wants to know where they are in the line. */
  | { readonly type: 'status' }
  /** The person wants to know how it works: all of it, or one hashtag. */
  | { readonly type: 'help'; readonly topic: Tag | undefined }
  /** Words under a picture of ours, such as thanks: they ask for nothing. */
  | { readonly type: 'talk' };

/** What is known of the post that a mention replies to. */
export type Thread =
  /** Nothing, or there is none. */
  | { readonly about: 'unknown' }
  /** It has been looked at, and its pictures may be used. */
  | { readonly about: 'post'; readonly parent: Mention }
  /** It has been looked at, and has pictures that may not be used. */
  | { readonly about: 'foreign pictures' }
  /** Something was painted for it, or for the request above what we said last: by this post of ours or of the person's. */
  | { readonly about: 'picture'; readonly earlier: RenderRequest; readonly postId: string }
  /** Something was painted there, for somebody else and for few. */
  | { readonly about: 'private picture' }
  /** It is ours, and all that we knew of it has been forgotten. */
  | { readonly about: 'forgotten' }
  /** It is ours and only words, in answer to this post of the person, if it was theirs. */
  | { readonly about: 'words'; readonly parent?: Mention }
  /** It speaks to us, too, but is somebody else's, or has been forgotten: people talk with each other. */
  | { readonly about: 'talk' };

const wishes = ['delete', 'cancel', 'status', 'help'] as const;

/** Whether a mention can only be understood if one looks at the post that it replies to. */
export function needsParent(
  { text, attachments, inReplyTo }: Mention,
  { about }: Thread,
  vocabulary: Vocabulary,
): boolean {
  if (inReplyTo === undefined || attachments.length > 1) return false;
  const said = readHashtags(text, vocabulary);
  if (wishes.some((action) => said.actions.has(action))) return false;
  return about === 'unknown' || (about === 'talk' && (asks(said) || attachments.length > 0));
}

/**
 * What a mention asks for: its first picture is the photo, the others are paintings. If it has none or one, those of the
 * post that it replies to come first. In reply to a painted picture no pictures are needed: whatever else is said is
 * added to what was said then, and a new picture is the painting for the same photo. Never throws, whatever the text.
 */
export function parse(mention: Mention, thread: Thread, vocabulary: Vocabulary): Parsed {
  const { text, inReplyTo, attachments } = mention;
  const read = readHashtags(text, vocabulary);
  const spoken = isOurs(thread) ? read.spoken : undefined;
  const actions = new Set(spoken === undefined ? read.actions : [...read.actions, spoken]);
  const said = { ...read, actions };
  const postId = thread.about === 'picture' ? thread.postId : inReplyTo;
  // Whoever brings two pictures wants them painted, whatever hashtags stand beside.
  const isNew = attachments.length > 1;
  if (actions.has('delete') && !(isNew && postId === undefined))
    return postId === undefined ? refusal('nothing to delete') : { type: 'removal', postId };
  if (!isNew) {
    if (actions.has('cancel'))
      return { type: 'cancel', postId: thread.about === 'unknown' ? undefined : postId };
    if (actions.has('status')) return { type: 'status' };
    if (actions.has('help')) return { type: 'help', topic: said.topic };
  }
  if (attachments.length === 0 && !asks(said)) {
    const slip = slipIn(said);
    if (slip !== undefined) return refused(slip);
    if (isOurs(thread) || thread.about === 'talk') return { type: 'talk' };
  }
  if (attachments.some(({ kind }) => kind !== 'picture')) return refusal('not pictures');
  return picture(mention, said, thread, vocabulary);
}

/** Whether words under a post may be meant for nobody. */
function isOurs({ about }: Thread): boolean {
  return ['picture', 'private picture', 'forgotten', 'words'].includes(about);
}

/** Whether anything is said that changes a picture. */
function asks({ settings, actions, style }: Said): boolean {
  return Object.keys(settings).length + actions.size > 0 || style !== undefined;
}

function picture(
  mention: Mention,
  said: Said,
  thread: Thread,
  { houseStyles }: Vocabulary,
): Parsed {
  const pictures = withParents(mention.attachments, thread, said);
  const earlier = thread.about === 'picture' ? thread.earlier : undefined;
  const isNew = pictures.length > 1;
  // A dream takes only one picture, and so does a painting of ours.
  const takesOne = said.style !== undefined || said.actions.has('dream');
  const isEnough = isNew || earlier !== undefined || (takesOne && pictures.length > 0);
  const composed = isEnough
    ? compose({ pictures, earlier, houseStyles, mentionId: mention.id }, said)
    : undefined;
  if (composed) return { type: 'request', request: composed };
  const { almost } = said;
  if (almost?.type === 'did you mean') return refused(almost);
  switch (thread.about) {
    case 'forgotten':
    case 'private picture':
    case 'foreign pictures':
      return refusal(thread.about);
    default:
  }
  if (pictures.length > 0 || earlier !== undefined) return refusal('one picture');
  return refusal(takesOne ? 'no photo' : 'no pictures');
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
  thread: Thread,
  { actions, style }: Said,
): readonly Attachment[] {
  const parent = 'parent' in thread ? thread.parent : undefined;
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
  | 'no photo'
  | 'one picture'
  | 'not pictures'
  | 'foreign pictures'
  | 'private picture'
  | 'nothing to delete'
  | 'forgotten'
>;
