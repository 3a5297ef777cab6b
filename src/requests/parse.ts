import type { Mention } from '../platforms/port.js';
import { clamped, parameters } from './parameters.js';
import type { Note, QuotaReached, Refusal, RenderRequest } from './request.js';

export type Parsed =
  | { readonly type: 'request'; readonly request: RenderRequest }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** What came of an earlier mention is to be removed: the post that this one replies to. */
  | { readonly type: 'removal'; readonly postId: string };

/**
 * What a mention asks for: its first picture is the photo, the others are paintings. Never throws, whatever the text.
 */
export function parse({ text, attachments, inReplyTo }: Mention): Parsed {
  if (/#delete\b/i.test(text))
    return inReplyTo === undefined
      ? refusal('nothing to delete')
      : { type: 'removal', postId: inReplyTo };
  if (attachments.some(({ kind }) => kind !== 'picture')) return refusal('not pictures');
  const [content, style, ...more] = attachments;
  if (content === undefined) return refusal('no pictures');
  if (style === undefined) return refusal('one picture');
  const strength = strengthIn(text);
  return {
    type: 'request',
    request: {
      content,
      styles: [style, ...more],
      strength: strength.value,
      notes: strength.note === undefined ? [] : [strength.note],
    },
  };
}

function refusal(type: Exclude<Refusal, QuotaReached>['type']): Parsed {
  return { type: 'refusal', refusal: { type } };
}

/** `#strength80`, `#strength 80`, `#strength=80` and the like; the last one counts, as people correct themselves. */
function strengthIn(text: string): { readonly value: number; readonly note?: Note } {
  const matches = text.matchAll(/#strength[\s_:=]*(\d{1,9})/gi);
  const digits = [...matches].at(-1)?.[1];
  if (digits === undefined) return { value: parameters.strength.default };
  const given = Number(digits);
  const used = clamped(given, parameters.strength);
  if (used === given) return { value: used };
  return { value: used, note: { type: 'clamped', parameter: 'strength', given, used } };
}
