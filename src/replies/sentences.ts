import { withoutEnd } from '../platforms/text.js';
import type { Place } from '../queue/forecast.js';
import type { Answer, Problem } from '../queue/states.js';
import { parameters } from '../requests/parameters.js';
import type { Note, QuotaReached, Refusal, RenderRequest } from '../requests/request.js';

/*
 * Everything the bot says, in one place and one voice: short, warm, and always with what to do next. Plain sentences
 * read well on a phone and in a screen reader.
 */

const HOW_TO =
  'Mention me with two pictures, first a photo and then a painting, and I will repaint the photo in the painting’s style.';

/** What is answered in words. */
export type Spoken = Exclude<Answer, { readonly type: 'removal' | 'silence' }>;

/** A hint of a network that is sometimes wrong, and said so. */
const SENSITIVE = 'To be on the safe side, I have marked it as sensitive.';

/** The text of a reply, without the address at its beginning. */
export function sentenceFor(answer: Spoken, request: RenderRequest | undefined): string {
  switch (answer.type) {
    case 'painted': {
      const strength = request?.strength ?? 50;
      const size = `${answer.width}×${answer.height} pixels`;
      const seconds = Math.max(1, Math.round(answer.seconds));
      return [
        `Here is your repainted picture: strength ${strength}, ${size}, painted in ${seconds} s.`,
        ...(answer.sensitive ? [SENSITIVE] : []),
        ...(request?.notes ?? []).map(noteSentence),
        nextStep(strength),
      ].join(' ');
    }
    case 'refused':
      return refusalSentence(answer.refusal);
    case 'bad picture':
      return `I could not use the ${answer.which}: ${problems[answer.problem]}`;
    case 'failed':
      return 'I am sorry, this picture did not work out, and it is my fault, not yours. Please try again later.';
  }
}

const INTERIM = 'Thank you, I will paint that!';

/** Where a person is in the line, as soon as they have asked. */
export function placeSentence({ ahead, seconds }: Place): string {
  const turn = ahead === 0 ? 'It is your turn' : `You are number ${ahead + 1} in line`;
  return `${INTERIM} ${turn}, and your picture should be ready in about ${duration(seconds)}.`;
}

/** Whether a text of ours only says where somebody is in the line, so that the answer is still to come. */
export function isInterim(text: string): boolean {
  return text.includes(INTERIM);
}

/**
 * The alt text of a painted picture, built from what people wrote about the originals and not longer than the 1500
 * characters that Mastodon takes.
 */
export function altTextFor({ content, styles }: RenderRequest): string {
  const photo = asPhrase(content.description);
  const paintings = styles
    .map(({ description }) => asPhrase(description))
    .filter((text) => text !== '')
    .join('; ');
  const subject = photo === '' ? 'A photo' : `A photo (${withoutEnd(photo, 700)})`;
  const models = styles.length === 1 ? 'a painting' : `a blend of ${styles.length} paintings`;
  const manner = paintings === '' ? models : `${models} (${withoutEnd(paintings, 700)})`;
  return `${subject}, repainted in the style of ${manner}.`;
}

function refusalSentence(refusal: Refusal): string {
  switch (refusal.type) {
    case 'no pictures':
      return `Hello! ${HOW_TO} Add #strength80 for more paint or #strength20 for more photo.`;
    case 'one picture':
      return `I see one picture, but it takes two. ${HOW_TO}`;
    case 'not pictures':
      return `I can only paint still pictures, and one of your attachments is something else. ${HOW_TO}`;
    case 'nothing to delete':
      return 'To have a picture of yours removed, reply to it with #delete. This was not a reply to one of yours.';
    case 'quota':
      return `${quotaSentence(refusal)} Please ask again in about ${duration(refusal.seconds)}.`;
  }
}

function quotaSentence({ quota, limit }: QuotaReached): string {
  switch (quota) {
    case 'per person':
      return `You already have ${pictures(limit)} waiting, and that is as many as I keep for one person.`;
    case 'per day':
      return `You have asked for ${pictures(limit)} within a day, and that is as many as I can paint for one person.`;
    case 'of everybody':
      return 'So many people have asked me for pictures that my line is full.';
  }
}

function pictures(count: number): string {
  return count === 1 ? 'one picture' : `${count} pictures`;
}

/** In the unit that one would use aloud, rounded up: who comes back early would be sent away again. */
export function duration(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 90) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return `${Math.ceil(minutes / 60)} hours`;
}

const problems: Readonly<Record<Problem, string>> = {
  unreachable: 'it could not be fetched. Please post it again.',
  'too large': 'it is too large for me. Please post a smaller version.',
  unreadable: 'I cannot read this kind of file. JPEG, PNG, WebP, AVIF, GIF and TIFF work.',
  damaged: 'the file is damaged or cut short. Please upload it again.',
  'too small': 'it is too small or too narrow to paint. It takes at least 16 pixels on each side.',
  unsafe:
    'it looks to me like one that I should not paint. I only guess, so if I am wrong, I am sorry; please try another one.',
};

function noteSentence({ given, used }: Note): string {
  const { min, max } = parameters.strength;
  return `Strength goes from ${min} to ${max} in whole steps, so I took ${used} for ${given}.`;
}

function nextStep(strength: number): string {
  return strength < 75
    ? `For more paint, reply with #strength${Math.min(100, strength + 25)}.`
    : `For more photo, reply with #strength${strength - 25}.`;
}

/** A description without its final period, to stand inside a sentence. */
function asPhrase(text: string): string {
  return text.trim().replace(/[.\s]+$/, '');
}
