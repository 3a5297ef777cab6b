import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import type { Problem, Which } from '../../../src/queue/states.js';
import { helpFor } from '../../../src/replies/help.js';
import {
  altTextFor,
  catalogueFor,
  catalogues,
  duration,
  isInterim,
  placeSentence,
  sentenceFor,
  type Addressee,
  type Spoken,
} from '../../../src/replies/sentences.js';
import { actionNames } from '../../../src/requests/actions.js';
import { readHashtags } from '../../../src/requests/hashtags.js';
import { parameterNames, parameterOf, type Given } from '../../../src/requests/parameters.js';
import type { Note, Refusal, RenderRequest, Tag } from '../../../src/requests/request.js';
import { painted, picture, request, vocabulary } from '../../support/fixtures.js';

const problems: readonly Problem[] = [
  'unreachable',
  'too large',
  'unreadable',
  'damaged',
  'too small',
  'unsafe',
];
const refusals: readonly Refusal[] = [
  ...(
    [
      'no pictures',
      'no photo',
      'one picture',
      'not pictures',
      'foreign pictures',
      'private picture',
      'nothing to delete',
      'forgotten',
    ] as const
  ).map((type) => ({ type })),
  { type: 'did you mean', written: 'delte', meant: 'delete' },
  { type: 'no value', parameter: 'strength' },
  ...(['per person', 'per day', 'of everybody'] as const).map(
    (quota) => ({ type: 'quota', quota, limit: 10, seconds: 600 }) as const,
  ),
];
const sizes = { usual: 512, max: 768 };
const place = { ahead: 2, seconds: 130 };
const standing = { type: 'status', waiting: 1, isBeingPainted: false, isPaused: false } as const;
const answers: readonly Spoken[] = [
  painted,
  { ...painted, sensitive: true },
  { type: 'failed' },
  ...refusals.map((refusal) => ({ type: 'refused', refusal }) as const),
  ...(['photo', 'painting'] satisfies Which[]).flatMap((which) =>
    problems.map((problem) => ({ type: 'bad picture', which, problem }) as const),
  ),
  { type: 'help', sizes },
  ...[...parameterNames, ...actionNames, 'style' as const].map(
    (topic) => ({ type: 'help', topic, sizes }) as const,
  ),
  { ...standing, waiting: 0 },
  { ...standing, next: place },
  { ...standing, next: { ahead: 0, seconds: 20 }, waiting: 3 },
  { ...standing, next: place, isBeingPainted: true },
  { ...standing, next: place, isPaused: true },
  ...[0, 1, 5].map((count) => ({ type: 'cancelled', count }) as const),
];
const notes: readonly Note[] = [
  { type: 'clamped', parameter: 'strength', given: 300, used: 100, min: 0, max: 100 },
  { type: 'clamped', parameter: 'scale', given: 62.5, used: 63, min: 25, max: 400 },
  { type: 'no such value', parameter: 'colors', written: 'blue' },
  { type: 'read as', written: 'strenght', meant: 'strength' },
  { type: 'did you mean', written: 'dreem', meant: 'dream' },
  { type: 'at the end', strength: 100 },
  { type: 'too many paintings', used: 4 },
  { type: 'no such style', written: 'monet', names: ['lighthouse', 'lavender', 'harbor'] },
  { type: 'blend', paintings: 1 },
  { type: 'blend', paintings: 3 },
  { type: 'one picture dreams' },
];

const [style = picture] = vocabulary.houseStyles;
const dream: RenderRequest = { effect: 'dream', content: picture, settings: {}, notes: [] };
const requests: Readonly<Record<string, RenderRequest>> = {
  plain: { ...request, settings: {} },
  tuned: {
    ...request,
    settings: { strength: 80, scale: 200, colors: 'keep', faces: 'off', quality: 'fine', seed: 7 },
  },
  'of a house style': { ...request, effect: 'painting', styles: [style], settings: {} },
  blended: {
    ...request,
    effect: 'painting',
    styles: [picture, picture],
    settings: { blend: [70, 30] },
  },
  'at the end': { ...request, settings: { strength: 100, scale: 400, colors: 'keep' } },
  dream,
  sheet: { ...request, effect: 'variations', styles: [picture], settings: {} },
};

const to = (language: string | null, id = '1'): Addressee => ({ id, language });

describe.each(catalogues.map((words) => [words.language, words] as const))(
  'in %s',
  (code, words) => {
    const say = (answer: Spoken, of: RenderRequest | undefined = request, id?: string) =>
      sentenceFor(answer, of, to(code, id));

    it.each(answers.map((answer) => [say(answer), answer] as const))('%s', (text) => {
      expectFriendly(text);
    });

    it('it is always said how to go on', () => {
      const goesOn =
        code === 'en'
          ? /[Mm]ention me|[Rr]eply with|[Pp]lease (post|upload|try|ask|say)|#delete|#help|It takes|work\.|[Aa]sk again|ready in about|go on after/
          : /[Ee]rwähne mich|[Aa]ntworte|[Bb]itte|#delete|#help|braucht|Möglich ist|gehen\.|wieder fragen|ist wohl in etwa|male danach weiter/;
      for (const answer of answers) {
        if (answer.type === 'help') continue;
        expect(say(answer), JSON.stringify(answer)).toMatch(goesOn);
      }
    });

    it('it is different for each answer', () => {
      const texts = answers.map((answer) => say(answer));
      expect(new Set(texts).size).toBe(answers.length);
    });

    it.each(Object.entries(requests))('a picture is told of, %s', (_, of) => {
      for (const id of ['1', '2', '3', '4', '5']) {
        const text = say(painted, of, id);
        expectFriendly(text);
        expect(text.length, text).toBeLessThan(280);
      }
    });

    it('every note is said', () => {
      const texts = notes.map((note) => say(painted, { ...request, notes: [note] }));
      texts.forEach(expectFriendly);
      expect(new Set(texts).size).toBe(notes.length);
      for (const [i, note] of notes.entries()) expect(texts[i]).toContain(words.note(note));
    });

    it('what it proposes is understood, and is something else than there was', () => {
      const settings = fc.record(
        {
          strength: fc.integer({ min: 0, max: 100 }),
          scale: fc.integer({ min: 25, max: 400 }),
          colors: fc.constantFrom('keep' as const, 'paint' as const),
        },
        { requiredKeys: [] },
      );
      const property = fc.property(settings, fc.nat(), fc.boolean(), (settings, id, dreams) => {
        const of: RenderRequest = dreams ? { ...dream, settings } : { ...request, settings };
        const text = say(painted, of, String(id));
        const said = readHashtags(text, vocabulary);
        expect(said.notes).toEqual([]);
        expect(said.almost).toBeUndefined();
        const proposals = Object.entries(said.settings);
        expect(proposals.length + said.actions.size + (said.style ? 1 : 0)).toBeGreaterThan(1);
        const before: Given = settings;
        for (const [name, value] of proposals)
          expect(value).not.toBe(
            before[name as keyof Given] ?? parameterOf(name as 'scale').default,
          );
      });
      fc.assert(property);
    });

    it('help fits a post, and names every hashtag', () => {
      const text = helpFor(undefined, words, sizes);
      expect(text.length).toBeLessThanOrEqual(500);
      for (const name of [...parameterNames, ...actionNames, 'style'] satisfies Tag[])
        expect(text).toContain(`#${name}`);
    });

    it('help for one hashtag says what it takes', () => {
      for (const name of parameterNames) {
        const text = helpFor(name, words, sizes);
        const parameter = parameterOf(name);
        if (parameter.kind === 'number')
          expect(text).toContain(`${parameter.min}–${name === 'size' ? sizes.max : parameter.max}`);
        if (parameter.kind === 'choice')
          for (const choice of Object.keys(parameter.choices)) expect(text).toContain(choice);
      }
    });

    it('the place in the line is said so that it is known again', () => {
      const text = placeSentence(place, to(code));
      expectFriendly(text);
      expect(text).toContain('3');
      expect(isInterim(text)).toBe(true);
      for (const answer of answers) expect(isInterim(say(answer))).toBe(false);
    });

    it('alt texts of every effect name what people wrote', () => {
      const content = { ...picture, description: 'My cat.' };
      const styles = [{ ...picture, description: 'Waves' }] as const;
      for (const effect of ['painting', 'variations'] as const) {
        const text = altTextFor({ ...request, effect, content, styles }, to(code));
        expect(text).toMatch(/\(My cat\).*\(Waves\)/);
      }
      expect(altTextFor({ ...dream, content }, to(code))).toContain('(My cat)');
    });
  },
);

describe('the language', () => {
  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE_ch', 'de'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['den', 'en'],
    ['', 'en'],
    [null, 'en'],
    ['ja', 'en'],
  ] as const)('of a post in “%s” is %s', (language, expected) => {
    expect(catalogueFor({ language }).language).toBe(expected);
  });

  it('has every sentence of its own: nothing is left in another one', () => {
    const [english, ...others] = catalogues;
    for (const { language } of others)
      for (const answer of answers)
        expect(sentenceFor(answer, request, to(language))).not.toBe(
          sentenceFor(answer, request, to(english?.language ?? '')),
        );
  });
});

describe('what is said of a picture', () => {
  const text = (of: RenderRequest, id = '1') => sentenceFor(painted, of, to('en', id));

  it('is how it was made, where that does not go without saying', () => {
    expect(text(requests.plain ?? request)).toMatch(
      /^[A-Z][^:]+: strength 50\. Reply with #strength75 for more paint, or #/,
    );
    expect(text(requests.tuned ?? request)).toContain(
      ': strength 80, brushwork at 200 %, the photo’s own colors, no care for faces, fine quality, seed 7. ',
    );
    expect(text(requests['of a house style'] ?? request)).toContain(
      'in the style of “Lighthouse and eddies” from my own collection',
    );
    expect(text(requests.blended ?? request)).toContain('blended 70 to 30');
  });

  it('is the same when it is said again, and not always the same', () => {
    const ids = Array.from({ length: 30 }, (_, i) => String(i));
    const texts = ids.map((id) => text(request, id));
    expect(texts).toEqual(ids.map((id) => text(request, id)));
    expect(new Set(texts).size).toBeGreaterThan(10);
  });

  it('of a sheet is how it is laid out', () => {
    expect(text(requests.sheet ?? request)).toBe(
      'Here is a sheet to choose from. From left to right it is #strength25, #strength50, #strength75, and #strength100; ' +
        'from top to bottom #scale50 and #scale200. Reply with one of each, as in #strength75 #scale50.',
    );
  });

  it('of a sheet in the style of one of ours is which', () => {
    const of: RenderRequest = {
      ...request,
      effect: 'variations',
      styles: [style],
      settings: { strength: 80, colors: 'keep' },
    };
    expect(text(of)).toContain(
      'Here is a sheet to choose from, the photo’s own colors, in the style of “Lighthouse and eddies” from my own collection. From',
    );
  });

  it('names the picture that is meant', () => {
    for (const which of ['photo', 'painting'] as const)
      expect(
        sentenceFor({ type: 'bad picture', which, problem: 'damaged' }, request, to('en')),
      ).toContain(`the ${which}`);
  });

  it('tells of the mark as sensitive, and that it is only to be safe', () => {
    const marked = sentenceFor({ ...painted, sensitive: true }, request, to('en'));
    expect(marked).toContain('To be on the safe side, I have marked it as sensitive.');
    expect(text(request)).not.toContain('sensitive');
  });
});

describe('the alt text', () => {
  const altText = (photo: string, paintings: readonly string[]) => {
    const [first, ...more] = paintings.map((description) => ({ ...picture, description }));
    const content = { ...picture, description: photo };
    const styles = [first ?? picture, ...more] as const;
    return altTextFor({ ...request, effect: 'painting', content, styles }, to('en'));
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
  ])('of “%s” and %j', (photo, paintings, text) => {
    expect(altText(photo, paintings)).toBe(text);
  });

  it('of a painting of ours is ours', () => {
    const of: RenderRequest = { ...request, effect: 'painting', styles: [style] };
    expect(altTextFor(of, to('en'))).toContain('(The alt text of Lighthouse and eddies)');
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
    fc.assert(property, { numRuns: 300 });
  });
});

it.each([
  [0, 'a minute'],
  [1, 'a minute'],
  [60, 'a minute'],
  [61, '2 minutes'],
  [5400, '90 minutes'],
  [5401, '2 hours'],
  [24 * 3600, '24 hours'],
])('%i seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

/** A text that reads well aloud: whole sentences, no holes, no links, no more than one greeting. */
function expectFriendly(text: string): void {
  expect(text, text).toMatch(/^[A-ZÄÖÜ#].*[.!?]$/su);
  expect(text).not.toMatch(/undefined|NaN|null|\[object|\s\s|https?:|\.\.|,,|: \.|\s[.,]/);
  expect(text).not.toContain('—');
}
