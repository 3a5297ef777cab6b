import { actions, actionNames } from '../../requests/actions.js';
import { parameterNames, parameterOf, parameters } from '../../requests/parameters.js';
import type { Note, QuotaReached, Refusal, Tag } from '../../requests/request.js';
import type { Problem } from '../../queue/states.js';
import type { AltText, Catalogue } from '../catalogue.js';

const HOW_TO =
  'Mention me with two pictures, first a photo and then a painting, and I will repaint the photo in the painting’s style.';

export const english: Catalogue = {
  language: 'en',

  painted: [
    'Here is your picture',
    'Your picture is ready',
    'Here you are',
    'Fresh from the easel',
    'The paint is still wet',
  ],
  dreamt: ['Here is the dream', 'I looked for a long time, and this is what I saw', 'Sweet dreams'],
  sheet: (strengths, scales, facts) =>
    `${['Here is a sheet to choose from', ...facts].join(', ')}. From left to right it is ${list(strengths.map((n) => `#strength${n}`))}; from top to bottom ${list(scales.map((n) => `#scale${n}`))}. Reply with one of each, as in #strength${strengths[2] ?? 75} #scale${scales[0] ?? 50}.`,
  facts: {
    strength: (value) => `strength ${value}`,
    scale: (value) => `brushwork at ${value} %`,
    size: (value) => `${value} pixels`,
    colors: (value) => (value === 'keep' ? 'the photo’s own colors' : 'the painting’s colors'),
    blend: (weights) => `blended ${weights.join(' to ')}`,
    faces: (value) => (value === 'off' ? 'no care for faces' : 'care for faces'),
    quality: (value) => `${value} quality`,
    seed: (value) => `seed ${value}`,
  },
  patterns: (scale) => `patterns at ${scale} %`,
  ownStyle: (title) => `in the style of “${title}” from my own collection`,
  sensitive: 'To be on the safe side, I have marked it as sensitive.',

  wishes: {
    'more paint': 'more paint',
    'more photo': 'more of the photo',
    'broader strokes': 'broader strokes',
    'finer strokes': 'finer strokes',
    'deeper dream': 'a deeper dream',
    'lighter dream': 'a lighter dream',
    'larger patterns': 'larger patterns',
    'smaller patterns': 'smaller patterns',
    'own colors': 'the photo’s own colors',
    'painting’s colors': 'the painting’s colors',
    swap: 'the two the other way round',
    variations: 'a sheet to choose from',
    dream: 'a deep dream',
    again: 'other brushstrokes',
    'house style': 'one of my own paintings',
  },
  next: (hints) =>
    `Reply with ${hints.map(({ hashtag, wish }) => `${hashtag} for ${wish}`).join(', or ')}.`,

  note,
  refusal,
  quota: (reached, wait) => `${quotaReached(reached)} Please ask again in about ${wait}.`,
  badPicture: (which, problem) => `I could not use the ${which}: ${problems[problem]}`,
  failed:
    'I am sorry, this picture did not work out, and it is my fault, not yours. Please try again later.',

  help: (tuned, asked) =>
    `${HOW_TO} With one picture, try #style or #dream. You can tune it: ${tuned.join(', ')}. You can also ask for: ${asked.join(', ')}. Reply to a picture of mine to change it. #help and a hashtag tells more.`,
  briefHelp: (tuned, asked) =>
    `Mention me with a photo and a painting. With one picture, try #style or #dream. To tune it: ${tuned.join(' ')}. Also: ${asked.join(' ')}. #help and a hashtag tells more.`,
  about: {
    ...(Object.fromEntries([
      ...parameterNames.map((name) => [name, parameterOf(name).help]),
      ...actionNames.map((name) => [name, actions[name].help]),
    ]) as Record<Exclude<Tag, 'style'>, string>),
    style:
      'a painting of mine, by its name, or any if you name none; for when you have only a photo',
  },
  costs: {
    size: parameters.size.cost,
    quality: parameters.quality.cost,
    dream: actions.dream.cost,
    variations: actions.variations.cost,
  },
  range: (values, byDefault) =>
    `It takes ${values}${byDefault === '' ? '' : `, and is ${byDefault} if you say nothing`}.`,
  yourNumber: 'a number for each painting, as in 70 30',
  oneOf: (values) => list(values, 'or'),
  pixels: (range) => `${range} pixels`,

  standing: ({ waiting, next, isBeingPainted, isPaused }, wait) => {
    if (waiting === 0 || next === undefined)
      return 'Nothing of yours is waiting at the moment. Mention me with a photo and a painting, and I will get to work.';
    const yours =
      waiting === 1 ? 'Your picture' : `You have ${waiting} pictures waiting, and the first`;
    if (isBeingPainted)
      return `${yours} is being painted right now. It should be ready in about ${wait}.`;
    const where = next.ahead === 0 ? 'is next in line' : `is number ${next.ahead + 1} in line`;
    const when = isPaused
      ? 'I am taking a break, and will go on after it.'
      : `It should be ready in about ${wait}.`;
    return `${yours} ${where}. ${when}`;
  },
  cancelled: (count) => {
    if (count === 0)
      return 'Nothing of yours was waiting, so there was nothing to cancel. To have a finished picture removed, reply to it with #delete.';
    return `All right, I have taken ${count === 1 ? 'your picture' : `your ${count} pictures`} out of the line. Ask again whenever you like.`;
  },

  interim: 'Thank you, I will paint that!',
  place: ({ ahead }, wait) => {
    const turn = ahead === 0 ? 'It is your turn' : `You are number ${ahead + 1} in line`;
    return `${english.interim} ${turn}, and your picture should be ready in about ${wait}.`;
  },
  minutes: (count) => (count === 1 ? 'a minute' : `${count} minutes`),
  hours: (count) => (count === 1 ? 'an hour' : `${count} hours`),

  altText,
};

function note(note: Note): string {
  switch (note.type) {
    case 'clamped': {
      const { parameter, given, used, min, max } = note;
      const range = `#${parameter} goes from ${min} to ${max}`;
      return given < min || given > max
        ? `${range}, so I took ${used} for ${given}.`
        : `${range} in whole steps, so I took ${used} for ${given}.`;
    }
    case 'no such value':
      return `I do not know #${note.parameter} “${note.written}”, so I left that out.`;
    case 'read as':
      return `I took #${note.written} for #${note.meant}.`;
    case 'did you mean':
      return `I do not know #${note.written}; did you mean #${note.meant}?`;
    case 'at the end':
      return `Strength ${note.strength} is as far as it goes.`;
    case 'too many paintings':
      return `I blend ${note.used} paintings at most, so I took the first ${note.used}.`;
    case 'no such style':
      return `I have no painting called “${note.written}”; mine are ${list(note.names, 'and')}.`;
    case 'blend':
      return note.paintings === 1
        ? 'There was only one painting, so there was nothing to blend.'
        : `For ${note.paintings} paintings #blend takes ${note.paintings} numbers, so all count the same.`;
    case 'one picture dreams':
      return 'A dream takes one picture, so I took the first.';
  }
}

function refusal(refusal: Exclude<Refusal, QuotaReached>): string {
  switch (refusal.type) {
    case 'no pictures':
      return `Hello! ${HOW_TO} Add #strength80 for more paint or #strength20 for more photo; #help tells the rest.`;
    case 'no photo':
      return 'Which picture shall it be? Please say that once more, together with a photo.';
    case 'one picture':
      return `That is one picture, and it takes two. Reply with a painting, or with #style for one of mine, or with #dream to see me dream of it.`;
    case 'not pictures':
      return `I can only paint still pictures, and one of your attachments is something else. ${HOW_TO}`;
    case 'foreign pictures':
      return 'Those pictures are somebody else’s, and I only paint what you post yourself. Please mention me with pictures of your own.';
    case 'private picture':
      return 'That picture was painted for somebody else, and only they can have it changed. Please mention me with pictures of your own.';
    case 'nothing to delete':
      return 'To have a picture of yours removed, reply to it with #delete. This was not a reply to one of yours.';
    case 'forgotten':
      return 'That was so long ago that I no longer have the pictures. Please mention me once more with a photo and a painting.';
    case 'did you mean':
      return `I do not know #${refusal.written}. Did you mean #${refusal.meant}? #help tells what there is.`;
    case 'no value':
      return `I did not understand what #${refusal.parameter} is to be. Try #help ${refusal.parameter}.`;
  }
}

function quotaReached({ quota, limit }: QuotaReached): string {
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

const problems: Readonly<Record<Problem, string>> = {
  unreachable: 'it could not be fetched. Please post it again.',
  'too large': 'it is too large for me. Please post a smaller version.',
  unreadable: 'I cannot read this kind of file. JPEG, PNG, WebP, AVIF, GIF and TIFF work.',
  damaged: 'the file is damaged or cut short. Please upload it again.',
  'too small': 'it is too small or too narrow to paint. It takes at least 16 pixels on each side.',
  unsafe:
    'it looks to me like one that I should not paint. I only guess, so if I am wrong, I am sorry; please try another one.',
};

function altText({ effect, photo, paintings, count }: AltText): string {
  const subject = photo === '' ? 'A photo' : `A photo (${photo})`;
  if (effect === 'dream')
    return `${subject}, turned into a deep dream: patterns and shapes grow out of everything in it.`;
  const models = count === 1 ? 'a painting' : `a blend of ${count} paintings`;
  const manner = paintings.length === 0 ? models : `${models} (${paintings.join('; ')})`;
  const repainted = `${subject}, repainted in the style of ${manner}`;
  return effect === 'painting'
    ? `${repainted}.`
    : `${repainted}: several small versions side by side, with more paint from left to right and larger brushwork from top to bottom.`;
}

function list(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  const type = word === 'and' ? 'conjunction' : 'disjunction';
  return new Intl.ListFormat('en', { type }).format(items);
}
