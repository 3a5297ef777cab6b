import type { Mention } from '../platforms/port.js';
import { clamped, parameters } from './parameters.js';
import type { Note, QuotaReached, Refusal, RenderRequest } from './request.js';

export type Parsed =
  | { readonly type: 'request'; readonly request: RenderRequest }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** What came of an earlier mention is to be removed: the post that this one replies to. */
  | { readonly type: 'removal'; readonly postId: string }
  /** Words under a picture of ours, such as thanks: they ask for nothing. */
  | { readonly type: 'talk' };

/**
 * What a mention asks for: its first picture is the photo, the others are paintings. In reply to a painted picture no
 * pictures are needed: with another hashtag the same ones are painted again. Never throws, whatever the text.
 * @param earlier what the post that this one replies to was our answer to, if it was one
 */
export function parse({ text, attachments, inReplyTo }: Mention, earlier?: RenderRequest): Parsed {
  if (/#delete\b/i.test(text))
    return inReplyTo === undefined
      ? refusal('nothing to delete')
      : { type: 'removal', postId: inReplyTo };
  if (attachments.some(({ kind }) => kind !== 'picture')) return refusal('not pictures');
  const strength = strengthIn(text);
  const [content, style, ...more] = attachments;
  if (content === undefined) {
    if (earlier === undefined) return refusal('no pictures');
    return strength === undefined ? { type: 'talk' } : requested(earlier, strength);
  }
  if (style === undefined) return refusal('one picture');
  return requested({ content, styles: [style, ...more] }, strength);
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
