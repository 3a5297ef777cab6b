import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem, Which } from '../../src/queue/states.js';
import { altTextFor, sentenceFor, type Spoken } from '../../src/replies/sentences.js';
import { painted, picture, request } from '../support/fixtures.js';

const problems: readonly Problem[] = [
  'unreachable',
  'too large',
  'unreadable',
  'damaged',
  'too small',
  'unsafe',
];
const answers: readonly Spoken[] = [
  painted,
  { ...painted, sensitive: true },
  { type: 'failed' },
  ...(['no pictures', 'one picture', 'not pictures', 'nothing to delete'] as const).map(
    (type) => ({ type: 'refused', refusal: { type } }) as const,
  ),
  ...(['per person', 'per day', 'of everybody'] as const).map(
    (quota) =>
      ({ type: 'refused', refusal: { type: 'quota', quota, limit: 10, seconds: 600 } }) as const,
  ),
  ...(['photo', 'painting'] satisfies Which[]).flatMap((which) =>
    problems.map((problem) => ({ type: 'bad picture', which, problem }) as const),
  ),
];

describe('what the bot says', () => {
  it.each(answers.map((answer) => [sentenceFor(answer, request), answer] as const))(
    '%s',
    (text) => {
      expectFriendly(text);
      // It always says how to go on.
      expect(text).toMatch(
        /[Mm]ention me|reply with #|[Pp]lease (post|upload|try|ask)|#delete|It takes at least|work\./,
      );
    },
  );

  it('is different for each answer', () => {
    const texts = answers.map((answer) => sentenceFor(answer, request));
    expect(new Set(texts).size).toBe(answers.length);
  });

  it('names the picture that is meant', () => {
    for (const which of ['photo', 'painting'] as const)
      expect(sentenceFor({ type: 'bad picture', which, problem: 'damaged' }, request)).toContain(
        `the ${which}`,
      );
  });

  it('tells of a painted picture how it was made, and how to get more or less of it', () => {
    expect(sentenceFor(painted, request)).toBe(
      'Here is your repainted picture: strength 50, 512×384 pixels, painted in 12 s. ' +
        'For more paint, reply with #strength75.',
    );
    expect(sentenceFor(painted, { ...request, strength: 100 })).toContain(
      'For more photo, reply with #strength75.',
    );
  });

  it('says when a picture is marked as sensitive, and that it is only to be safe', () => {
    const text = sentenceFor({ ...painted, sensitive: true }, request);
    expect(text).toContain('To be on the safe side, I have marked it as sensitive.');
    expect(sentenceFor({ ...painted, sensitive: false }, request)).not.toContain('sensitive');
  });

  it('mentions that a value was out of range', () => {
    const note = { type: 'clamped', parameter: 'strength', given: 300, used: 100 } as const;
    const text = sentenceFor(painted, { ...request, strength: 100, notes: [note] });
    expect(text).toContain('Strength goes from 0 to 100 in whole steps, so I took 100 for 300.');
    expectFriendly(text);
  });

  it('never proposes a strength that does not exist or is the same', () => {
    for (let strength = 0; strength <= 100; strength++) {
      const text = sentenceFor(painted, { ...request, strength });
      const proposed = Number(/#strength(\d+)\./.exec(text)?.[1]);
      expect(proposed).not.toBe(strength);
      expect(proposed).toBeGreaterThanOrEqual(0);
      expect(proposed).toBeLessThanOrEqual(100);
    }
  });

  it('is whole whatever was painted', () => {
    const size = fc.integer({ min: 1, max: 4096 });
    const note = fc.record({
      type: fc.constant('clamped' as const),
      parameter: fc.constant('strength' as const),
      given: fc.integer({ min: 101, max: 999_999_999 }),
      used: fc.constant(100),
    });
    const property = fc.property(
      fc.double({ min: 0, max: 1e5, noNaN: true }),
      size,
      size,
      fc.integer({ min: 0, max: 100 }),
      fc.array(note, { maxLength: 1 }),
      (seconds, width, height, strength, notes) => {
        const answer: Spoken = { type: 'painted', file: 'a.jpg', seconds, width, height };
        const text = sentenceFor(answer, { ...request, strength, notes });
        expectFriendly(text);
        expect(text).not.toContain(' 0 s');
      },
    );
    fc.assert(property, { seed: 9 });
  });
});

describe('the alt text', () => {
  const altText = (photo: string, paintings: readonly string[]) => {
    const [first, ...more] = paintings.map((description) => ({ ...picture, description }));
    return altTextFor({
      ...request,
      content: { ...picture, description: photo },
      styles: [first ?? picture, ...more],
    });
  };

  it.each([
    ['', [''], 'A photo, repainted in the style of a painting.'],
    ['My cat.', [''], 'A photo (My cat), repainted in the style of a painting.'],
    ['', ['Waves'], 'A photo, repainted in the style of a painting (Waves).'],
    [
      ' My cat asleep. ',
      ['Waves.', ' ', 'Stars!'],
      'A photo (My cat asleep), repainted in the style of a blend of 3 paintings (Waves; Stars!).',
    ],
    ['...', [' . '], 'A photo, repainted in the style of a painting.'],
  ] as const)('of “%s” and %j', (photo, paintings, expected) => {
    expect(altText(photo, paintings)).toBe(expected);
  });

  it('fits into the 1500 characters that Mastodon takes, whatever people wrote', () => {
    const long = `A very long description ${'🎨'.repeat(1000)}`;
    const text = altText(long, [long, long, long]);
    expect(text.length).toBeLessThanOrEqual(1500);
    expect(text).toMatch(
      /^A photo \(A very long .*…\), repainted in the style of a blend of 3 paintings \(A very long .*…\)\.$/,
    );
    expect(Buffer.from(text).toString(), 'no half of a character').toBe(text);
  });

  it('is whole, whatever people wrote', () => {
    const description = fc.string({ unit: 'grapheme' });
    const property = fc.property(description, description, description, (photo, one, other) => {
      const text = altText(photo, [one, other]);
      expect(text).toMatch(/^A photo.*, repainted in the style of a blend of 2 paintings.*\.$/su);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      for (const original of [photo, one, other])
        if (/^\w+$/.test(original)) expect(text).toContain(original);
    });
    fc.assert(property, { seed: 10, numRuns: 300 });
  });
});

function expectFriendly(text: string): void {
  expect(text.length).toBeLessThan(400);
  expect(text).toMatch(/^[A-Z].*[.)]$/s);
  expect(text).not.toMatch(/undefined|NaN|\[object|null|\n| {2}/);
}
