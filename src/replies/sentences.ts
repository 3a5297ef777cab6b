import type { Answer, Problem } from '../queue/states.js';
import type { Note, RenderRequest } from '../requests/request.js';

/*
 * Everything the bot says, in one place and one voice: short, warm, and always with what to do next. Plain sentences
 * read well on a phone and in a screen reader.
 */

const HOW_TO =
  'Mention me with two pictures, first a photo and then a painting, and I will repaint the photo in the painting’s style.';

/** A hint of a network that is sometimes wrong, and said so. */
const SENSITIVE = 'To be on the safe side, I have marked it as sensitive.';

/** The text of a reply, without the address at its beginning. */
export function sentenceFor(answer: Answer, request: RenderRequest | undefined): string {
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
      return refusalSentence(answer.refusal.type);
    case 'bad picture':
      return `I could not use the ${answer.which}: ${problems[answer.problem]}`;
    case 'failed':
      return 'I am sorry, this picture did not work out, and it is my fault, not yours. Please try again later.';
  }
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
  const subject = photo === '' ? 'A photo' : `A photo (${shortened(photo)})`;
  const manner = paintings === '' ? 'a painting' : `a painting (${shortened(paintings)})`;
  return `${subject}, repainted in the style of ${manner}.`;
}

function refusalSentence(refusal: 'no pictures' | 'one picture' | 'not pictures'): string {
  switch (refusal) {
    case 'no pictures':
      return `Hello! ${HOW_TO} Add #strength80 for more paint or #strength20 for more photo.`;
    case 'one picture':
      return `I see one picture, but it takes two. ${HOW_TO}`;
    case 'not pictures':
      return `I can only paint still pictures, and one of your attachments is something else. ${HOW_TO}`;
  }
}

const problems: Readonly<Record<Problem, string>> = {
  unreachable: 'it could not be fetched. Please post it again.',
  'too large': 'it is too large for me. Please post a smaller version.',
  unreadable: 'I cannot read this kind of file. JPEG, PNG, WebP, AVIF, GIF and TIFF work.',
  damaged: 'the file is damaged or cut short. Please upload it again.',
  'too small': 'it is too small to paint. It takes at least 16 pixels on each side.',
  unsafe:
    'it looks to me like one that I should not paint. I only guess, so if I am wrong, I am sorry; please try another one.',
};

function noteSentence({ given, used }: Note): string {
  return `(${given} is more than strength goes; I took ${used}.)`;
}

function nextStep(strength: number): string {
  return strength < 75
    ? `For more paint, mention me again with both pictures and #strength${Math.min(100, strength + 25)}.`
    : `For more photo, mention me again with both pictures and #strength${strength - 25}.`;
}

/** A description without its final period, to stand inside a sentence. */
function asPhrase(text: string): string {
  return text.trim().replace(/[.\s]+$/, '');
}

function shortened(text: string): string {
  // A cut through a character of two code units takes both away.
  return text.length <= 700 ? text : `${text.slice(0, 699).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
