import type { Case, Outcome, Pictures } from './case.js';

type Attachments = (pictures: Pictures) => unknown;

/** An attachment that is a picture as far as anybody can tell. */
function image(url: unknown, more: object = {}): object {
  return { id: '1', type: 'image', url, description: null, ...more };
}

/** A photo and a painting that can be painted. */
export function pair({ poster, photo, painting }: Pictures): readonly object[] {
  // The description comes back in the alt text, by which an upload is known.
  return [
    image(photo, { description: `a photo by ${poster}` }),
    image(painting, { description: `a painting by ${poster}` }),
  ];
}

const sized = (original: unknown): Attachments => {
  return ({ photo, painting }) => [image(photo, { meta: { original } }), image(painting)];
};

const cases: Readonly<Record<string, readonly [Outcome, Attachments]>> = {
  'a video': ['sentence', ({ photo }) => [image(photo, { type: 'video' })]],
  sound: ['sentence', ({ photo }) => [image(photo), image(photo, { type: 'audio' })]],
  'something unknown': [
    'sentence',
    ({ photo }) => [image(photo), image(photo, { type: 'unknown' })],
  ],
  'a kind that does not exist': ['sentence', ({ photo }) => [image(photo, { type: '__proto__' })]],
  'no kind': ['sentence', ({ photo }) => [{ url: photo }, { url: photo }]],
  'sixteen pictures': [
    'picture',
    ({ photo, painting }) => [photo, ...Array<string>(15).fill(painting)].map((url) => image(url)),
  ],
  'no addresses': ['sentence', () => [image(null), image(null)]],
  'no field for the address': ['sentence', () => [{ type: 'image' }, { type: 'image' }]],
  'a third one that cannot be read': ['picture', (pictures) => [...pair(pictures), { type: 5 }]],
  'addresses that are numbers': ['sentence', () => [image(1), image(2)]],
  'an empty address': ['sentence', ({ painting }) => [image(''), image(painting)]],
  'an address of a megabyte': [
    'sentence',
    ({ photo, painting }) => [image(`${photo}?${'x'.repeat(1e6)}`), image(painting)],
  ],
  'a description of a megabyte': [
    'picture',
    ({ photo, painting }) => [
      image(photo, { description: 'so '.repeat(300_000) }),
      image(painting),
    ],
  ],
  'a description of control characters': [
    'picture',
    ({ photo, painting }) => [image(photo, { description: 'a\0b\u202ec\ud83c' }), image(painting)],
  ],
  'a description that is a list': [
    'picture',
    ({ photo, painting }) => [image(photo, { description: [1] }), image(painting)],
  ],
  'not a list': ['sentence', () => ({ length: 2 })],
  'nobody knows': ['sentence', () => null],
  'a list of nothing': ['sentence', () => [null, null]],
  'a list in a list': ['sentence', (pictures) => [pair(pictures)]],
  'a size of nothing': ['picture', sized({ width: 0, height: 0 })],
  'a size below nothing': ['picture', sized({ width: -64, height: -48 })],
  'a size of 1 by 9 million million': ['picture', sized({ width: 9e12, height: 1 })],
  'a size that is as large as numbers go': [
    'picture',
    sized({ width: Number.MAX_SAFE_INTEGER, height: Number.MAX_SAFE_INTEGER }),
  ],
  'a size in words': ['picture', sized({ width: 'wide', height: 'high' })],
};

/** Posts with good pictures, or none, told of by a server that has its own idea of attachments. */
export const attachments: readonly Case[] = Object.entries(cases).map(
  ([name, [outcome, of]]): Case => ({
    name: `attachments: ${name}`,
    outcomes: [outcome],
    status: (pictures) => ({ media_attachments: of(pictures) }),
  }),
);
