import type { Attachment, Mention } from '../platforms/port.js';
import { clamped, parameters } from './parameters.js';
import type { Note, QuotaReached, Refusal, RenderRequest } from './request.js';

export type Parsed =
  | { readonly type: 'request'; readonly request: RenderRequest }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** What came of an earlier mention is to be removed: the post that this one replies to. */
  | { readonly type: 'removal'; readonly postId: string }
  /** Words under a picture of ours, such as thanks: they ask for nothing. */
  | { readonly type: 'talk' };

/** What is known of the post that a mention replies to. */
export interface Thread {
  /** Whether that post is ours, or one that we have answered: then words under it may be meant for nobody. */
  readonly isKnown?: boolean;
  /** What was painted for it, if anything was and we still know. */
  readonly earlier?: RenderRequest | undefined;
  /** It itself, if its pictures may be used. */
  readonly parent?: Mention | undefined;
}

/** Whether a mention can only be understood if one looks at the post that it replies to. */
export function needsParent({ text, attachments, inReplyTo }: Mention, thread: Thread): boolean {
  return (
    inReplyTo !== undefined && thread.isKnown !== true && attachments.length < 2 && !isRemoval(text)
  );
}

function isRemoval(text: string): boolean {
  return /#delete\b/i.test(text);
}

/**
 * What a mention asks for: its first picture is the photo, the others are paintings. If it has none or one, those of the
 * post that it replies to come first. In reply to a painted picture no pictures are needed: with another hashtag the
 * same ones are painted again, and one picture is the painting for the same photo. Never throws, whatever the text.
 */
export function parse(mention: Mention, { isKnown = false, earlier, parent }: Thread = {}): Parsed {
  const { text, inReplyTo } = mention;
  if (isRemoval(text))
    return inReplyTo === undefined
      ? refusal('nothing to delete')
      : { type: 'removal', postId: inReplyTo };
  if (mention.attachments.some(({ kind }) => kind !== 'picture')) return refusal('not pictures');
  const strength = strengthIn(text);
  const [content, style, ...more] = withParents(mention.attachments, parent);
  if (content === undefined) {
    if (isKnown && strength === undefined) return { type: 'talk' };
    return earlier === undefined ? refusal('no pictures') : requested(earlier, strength);
  }
  if (style === undefined && earlier !== undefined)
    return requested({ content: earlier.content, styles: [content] }, strength);
  if (style === undefined) return refusal('one picture');
  return requested({ content, styles: [style, ...more] }, strength);
}

/** With a photo above it, one picture is the painting. */
function withParents(
  own: readonly Attachment[],
  parent: Mention | undefined,
): readonly Attachment[] {
  const above = parent?.attachments.filter(({ kind }) => kind === 'picture') ?? [];
  if (own.length === 0) return above;
  return own.length === 1 ? [...above.slice(0, 1), ...own] : own;
}

function requested(
  { content, styles }: Pick<RenderRequest, 'content' | 'styles'>,
  { value, note }: Strength = { value: parameters.strength.default },
): Parsed {
  const notes = note === undefined ? [] : [note];
  return { type: 'request', request: { content, styles, strength: value, notes } };
}

function refusal(type: Exclude<Refusal, QuotaReached>['type']): Parsed {
  return { type: 'refusal', refusal: { type } };
}

interface Strength {
  readonly value: number;
  readonly note?: Note;
}

/** `#strength80`, `#strength 80`, `#strength=80` and the like; the last one counts, as people correct themselves. */
function strengthIn(text: string): Strength | undefined {
  const matches = text.matchAll(/#strength[\s_:=]*([-−]?\d{1,9}(?:\.\d{1,9})?)/gi);
  const number = [...matches].at(-1)?.[1];
  if (number === undefined) return undefined;
  const given = Number(number.replace('−', '-'));
  const used = clamped(Math.round(given), parameters.strength);
  if (used === given) return { value: used };
  return { value: used, note: { type: 'clamped', parameter: 'strength', given, used } };
}
