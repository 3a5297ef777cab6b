import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../../src/platforms/port.js';
import { actionNames, actions } from '../../../src/requests/actions.js';
import { readHashtags, styleSpellings } from '../../../src/requests/hashtags.js';
import {
  asHashtags,
  complete,
  parameterNames,
  parameterOf,
  type Given,
} from '../../../src/requests/parameters.js';
import { needsParent, parse, type Parsed, type Thread } from '../../../src/requests/parse.js';
import { isOneEditApart, plain } from '../../../src/requests/plain.js';
import type { RenderRequest } from '../../../src/requests/request.js';
import { helpFor } from '../../../src/replies/help.js';
import { catalogues } from '../../../src/replies/sentences.js';
import { mentionOf, vocabulary } from '../../support/fixtures.js';

const attachment = (url: string, kind: Attachment['kind'] = 'picture'): Attachment => ({
  kind,
  url,
  description: `this is ${url}`,
});
const [photo, painting, another, video] = [
  attachment('photo'),
  attachment('painting'),
  attachment('another'),
  attachment('video', 'other'),
];

function parsed(
  attachments: readonly Attachment[],
  text = '',
  thread: Thread = { about: 'unknown' },
): Parsed {
  const inReplyTo = thread.about === 'unknown' ? undefined : 'above';
  return parse(mentionOf('1', 'ada', { text, attachments, inReplyTo }), thread, vocabulary);
}

describe('pictures', () => {
  it('two are a photo and then a painting', () => {
    expect(parsed([photo, painting])).toEqual({
      type: 'request',
      request: {
        effect: 'painting',
        content: photo,
        styles: [painting],
        settings: {},
        notes: [],
      },
    });
  });

  it('more are a photo and then paintings to blend', () => {
    expect(parsed([photo, painting, another])).toMatchObject({
      request: { content: photo, styles: [painting, another] },
    });
  });

  it.each([
    ['none', [], 'no pictures'],
    ['one', [photo], 'one picture'],
    ['a video', [video], 'not pictures'],
    ['a video among pictures', [photo, painting, video], 'not pictures'],
  ] as const)('%s: refused as “$2”', (_, attachments, type) => {
    expect(parsed(attachments)).toEqual({ type: 'refusal', refusal: { type } });
  });

  it('of the post above come first: a photo there makes the one here the painting', () => {
    const parent = mentionOf('0', 'ada', { attachments: [photo] });
    expect(parsed([painting], '', { about: 'post', parent })).toMatchObject({
      request: { content: photo, styles: [painting] },
    });
    expect(parsed([], '#dream', { about: 'post', parent })).toMatchObject({
      request: { effect: 'dream', content: photo },
    });
    expect(parsed([another], '#dream', { about: 'post', parent })).toMatchObject({
      request: { effect: 'dream', content: another },
    });
  });

  it('of a house style are not the same twice in a thread, unless they are asked for', () => {
    const like = (name: string): RenderRequest => {
      const style = vocabulary.houseStyles.find((each) => each.name === name);
      if (style === undefined) throw new Error(name);
      return { effect: 'painting', content: photo, styles: [style], settings: {}, notes: [] };
    };
    for (const { name } of vocabulary.houseStyles) {
      const thread: Thread = { about: 'picture', earlier: like(name), postId: 'above' };
      expect(parsed([], '#style', thread)).toMatchObject({
        request: { content: photo, styles: [{ kind: 'house' }] },
      });
      expect(parsed([], '#style', thread)).not.toMatchObject({ request: { styles: [{ name }] } });
      expect(parsed([], `#style ${name}`, thread)).toMatchObject({
        request: { styles: [{ name }] },
      });
    }
  });
});

describe('in reply to a painted picture', () => {
  const earlier: RenderRequest = {
    effect: 'painting',
    content: photo,
    styles: [painting, another],
    settings: { strength: 20, blend: [70, 30] },
    notes: [{ type: 'read as', written: 'strenght', meant: 'strength' }],
  };
  const reply = (text: string, attachments: readonly Attachment[] = []) =>
    parsed(attachments, text, { about: 'picture', earlier, postId: 'above' });

  it('a hashtag alone has the same pictures painted again, and what was said then still holds', () => {
    expect(reply('#strength90 #keepcolors')).toEqual({
      type: 'request',
      request: {
        effect: 'painting',
        content: photo,
        styles: [painting, another],
        settings: { strength: 90, colors: 'keep', blend: [70, 30] },
        notes: [],
      },
    });
  });

  it('two new pictures count, and nothing of what was', () => {
    expect(reply('', [another, painting])).toMatchObject({
      request: { content: another, styles: [painting], settings: {} },
    });
  });

  it('one new picture is the painting for the same photo, and weights of others are no longer said', () => {
    expect(reply('#scale200', [painting])).toEqual({
      type: 'request',
      request: {
        effect: 'painting',
        content: photo,
        styles: [painting],
        settings: { strength: 20, scale: 200 },
        notes: [],
      },
    });
  });

  it('one new picture with #swap is the photo for the same paintings', () => {
    const new_ = attachment('new');
    expect(reply('#swap', [new_])).toMatchObject({
      request: { content: new_, styles: [painting, another] },
    });
  });

  it('#swap exchanges the photo and the first painting', () => {
    expect(reply('#swap')).toMatchObject({
      request: { content: painting, styles: [photo, another] },
    });
  });

  it('of a sheet a choice is painted large, and only #again is another sheet', () => {
    const sheet: RenderRequest = {
      ...earlier,
      effect: 'variations',
      styles: [painting],
    };
    const under = (text: string) =>
      parsed([], text, { about: 'picture', earlier: sheet, postId: 'above' });
    expect(under('#strength75 #scale50')).toMatchObject({ request: { effect: 'painting' } });
    expect(under('#again')).toMatchObject({ request: { effect: 'variations' } });
    expect(under('#again #strength75')).toMatchObject({ request: { effect: 'painting' } });
  });

  it('of a dream is dreamt again, until there is a painting', () => {
    const dream: RenderRequest = { effect: 'dream', content: photo, settings: {}, notes: [] };
    const under = (text: string, own: readonly Attachment[] = []) =>
      parsed(own, text, { about: 'picture', earlier: dream, postId: 'above' });
    expect(under('#strength90')).toMatchObject({ request: { effect: 'dream', content: photo } });
    expect(under('', [painting])).toMatchObject({
      request: { effect: 'painting', content: photo, styles: [painting] },
    });
    expect(under('#swap', [painting])).toMatchObject({
      request: { effect: 'painting', content: painting, styles: [photo] },
    });
    expect(under('#style lavender')).toMatchObject({
      request: { effect: 'painting', styles: [{ name: 'lavender' }] },
    });
  });

  it('that we do not remember one is told so, unless one brings two pictures, or thanks', () => {
    const forgotten: Thread = { about: 'forgotten' };
    expect(parsed([], '#strength80', forgotten)).toEqual({
      type: 'refusal',
      refusal: { type: 'forgotten' },
    });
    expect(parsed([painting], '', forgotten)).toMatchObject({ refusal: { type: 'forgotten' } });
    expect(parsed([photo, painting], '', forgotten)).toMatchObject({ type: 'request' });
    expect(parsed([], 'thank you', forgotten)).toEqual({ type: 'talk' });
  });

  it('a dream is not dreamt again for what takes two pictures', () => {
    const dream: RenderRequest = { effect: 'dream', content: photo, settings: {}, notes: [] };
    for (const text of ['#swap', '#variations'])
      expect(parsed([], text, { about: 'picture', earlier: dream, postId: 'above' })).toEqual({
        type: 'refusal',
        refusal: { type: 'one picture' },
      });
  });

  it('#dream takes the first of two, even with #swap', () => {
    expect(parsed([photo, painting], '#dream #swap')).toMatchObject({
      request: { content: photo, notes: [{ type: 'one picture dreams' }] },
    });
  });

  it('no more than four paintings are blended', () => {
    const many = Array.from({ length: 9 }, (_, i) => attachment(String(i)));
    expect(parsed([photo, ...many])).toMatchObject({
      request: { styles: many.slice(0, 4), notes: [{ type: 'too many paintings', used: 4 }] },
    });
  });

  it('#delete and #cancel are about the picture, also from under words of ours below it', () => {
    const thread: Thread = { about: 'picture', earlier, postId: 'the picture' };
    expect(parsed([], '#delete', thread)).toEqual({ type: 'removal', postId: 'the picture' });
    expect(parsed([], '#cancel', thread)).toEqual({ type: 'cancel', postId: 'the picture' });
  });

  it('of somebody else’s, and for few, is told whose it is', () => {
    expect(parsed([], '#strength80', { about: 'private picture' })).toEqual({
      type: 'refusal',
      refusal: { type: 'private picture' },
    });
    expect(parsed([], 'wow', { about: 'private picture' })).toEqual({ type: 'talk' });
  });

  it('that is forgotten, one picture is enough for a dream and for a painting of ours', () => {
    const forgotten: Thread = { about: 'forgotten' };
    expect(parsed([photo], '#dream', forgotten)).toMatchObject({ request: { effect: 'dream' } });
    expect(parsed([photo], '#style lavender', forgotten)).toMatchObject({ type: 'request' });
  });

  it('more and less stop at the ends, and say so', () => {
    const at = (strength: number, text: string) =>
      parsed([], text, {
        about: 'picture',
        earlier: { ...earlier, settings: { strength } },
        postId: 'above',
      });
    expect(at(95, 'more')).toMatchObject({
      request: {
        settings: { strength: 100 },
        notes: [],
      },
    });
    expect(at(10, 'less')).toMatchObject({ request: { settings: { strength: 0 } } });
    expect(at(100, 'more')).toMatchObject({
      request: { settings: { strength: 100 }, notes: [{ type: 'at the end', strength: 100 }] },
    });
  });
});

describe('the post above', () => {
  const needs = (
    text: string,
    attachments: readonly Attachment[] = [],
    about: 'unknown' | 'talk' = 'unknown',
  ) =>
    needsParent(
      mentionOf('1', 'ada', { text, attachments, inReplyTo: 'above' }),
      { about },
      vocabulary,
    );

  it('must be looked at when there are not two pictures', () => {
    expect([needs(''), needs('#strength80', [photo])]).toEqual([true, true]);
    expect(needs('', [photo, painting])).toBe(false);
  });

  it('need not be for what has nothing to do with pictures', () => {
    for (const text of ['#delete', '#cancel', '#status', '#help'])
      expect(needs(text), text).toBe(false);
  });

  it('of somebody who speaks to us, too, is looked at only for what asks for something', () => {
    expect(needs('nice!', [], 'talk')).toBe(false);
    expect([needs('#strength80', [], 'talk'), needs('', [photo], 'talk')]).toEqual([true, true]);
  });
});

describe('whatever the text', () => {
  const tags = [...parameterNames, ...actionNames, 'style'].map((name) => `#${name}`);
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.constantFrom(...tags, ...tags.map((tag) => tag.toUpperCase())),
    fc.constantFrom(' ', '=', ':', '_', '-', '.', ',', '%', '#', '\u0000', '٣', '\u200f', 'keep'),
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  const attachments = fc.array(fc.constantFrom(photo, painting, another, video), { maxLength: 5 });
  const earlier: RenderRequest = {
    effect: 'painting',
    content: photo,
    styles: [painting],
    settings: {},
    notes: [],
  };
  const thread = fc.constantFrom<Thread>(
    { about: 'unknown' },
    { about: 'words' },
    { about: 'talk' },
    { about: 'forgotten' },
    { about: 'private picture' },
    { about: 'foreign pictures' },
    { about: 'picture', earlier, postId: 'above' },
  );

  it('there is an answer, and what is asked for is in range', () => {
    const property = fc.property(text, attachments, thread, (text, attachments, thread) => {
      const result = parsed(attachments, text, thread);
      if (result.type !== 'request') return;
      for (const name of parameterNames) {
        const parameter = parameterOf(name);
        const value = complete(result.request.settings)[name];
        switch (parameter.kind) {
          case 'number':
            expect(Number.isInteger(value)).toBe(true);
            expect(value).toBeGreaterThanOrEqual(parameter.min);
            expect(value).toBeLessThanOrEqual(parameter.max);
            break;
          case 'choice':
            expect(Object.keys(parameter.choices)).toContain(value);
            break;
          case 'weights':
            if (result.request.effect === 'dream') break;
            if (Array.isArray(value) && value.length > 0)
              expect(value).toHaveLength(result.request.styles.length);
        }
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('its case does not matter', () => {
    const property = fc.property(text, (text) => {
      fc.pre(text.toUpperCase().toLowerCase() === text.toLowerCase());
      expect(readHashtags(text.toUpperCase(), vocabulary)).toEqual(readHashtags(text, vocabulary));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('it is the same once it is plain', () => {
    const property = fc.property(text, (text) => {
      expect(plain(plain(text))).toBe(plain(text));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it.each([
    ['hashtags', '#strength'.repeat(11_000)],
    ['hash signs', '#'.repeat(100_000)],
    ['separators', '#strength' + ' :_='.repeat(25_000)],
    ['digits', '#strength' + '9'.repeat(100_000)],
    ['weights', '#blend' + ' 7'.repeat(50_000)],
    ['letters', '#' + 'strengh'.repeat(14_000)],
    ['slips', '#strengt '.repeat(11_000)],
    ['spaces', '#style' + ' '.repeat(100_000)],
    ['addresses', 'https://'.repeat(12_500)],
    ['combining marks', '#s' + '\u0308'.repeat(100_000)],
    ['combining marks in the wrong order', '#strength' + '\u0300\u0316'.repeat(50_000)],
    ['hosts', 'a.'.repeat(50_000)],
    ['quotes', '> \n'.repeat(33_000)],
    ['people', '@a '.repeat(33_000)],
  ])('100 kB of %s take no longer than they are long', (_, text) => {
    const before = performance.now();
    parsed([], text, { about: 'picture', earlier, postId: 'above' });
    expect(performance.now() - before).toBeLessThan(2000); // were it quadratic, it would be minutes
  });
});

describe('what we write ourselves', () => {
  const value = (name: (typeof parameterNames)[number]): fc.Arbitrary<unknown> => {
    const parameter = parameterOf(name);
    switch (parameter.kind) {
      case 'number':
        return fc.integer({ min: parameter.min, max: Math.min(parameter.max, 768) });
      case 'choice':
        return fc.constantFrom(...Object.keys(parameter.choices));
      case 'weights':
        return fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 });
    }
  };
  const given = fc.record(Object.fromEntries(parameterNames.map((name) => [name, value(name)])), {
    requiredKeys: [],
  }) as fc.Arbitrary<Given>;

  it('as hashtags is read as what it was', () => {
    const property = fc.property(given, (given) => {
      const said = readHashtags(asHashtags(given), vocabulary);
      expect(said.settings).toEqual(given);
      expect(said.notes).toEqual([]);
      expect(asHashtags(said.settings)).toBe(asHashtags(given));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('as help names every hashtag, and says nothing that is not understood', () => {
    for (const words of catalogues) {
      const help = helpFor(undefined, words, { usual: 512, max: 768 });
      const said = readHashtags(help, vocabulary);
      expect(said.notes, help).toEqual([]);
      expect([...said.actions].sort()).toEqual([...actionNames].sort());
      for (const name of parameterNames) expect(help).toContain(`#${name}`);
      // Read once more, it says the same.
      const again = readHashtags(asHashtags(said.settings), vocabulary);
      expect(again.settings).toEqual(said.settings);
    }
  });
});

describe('the table', () => {
  it('has no word twice', () => {
    const words = [
      ...parameterNames.flatMap((name) => [name, ...parameterOf(name).aliases]),
      ...actionNames.flatMap((name) => [name, ...actions[name].aliases]),
      ...styleSpellings,
    ];
    expect(new Set(words).size).toBe(words.length);
  });

  it('is written as it is read: in lower case', () => {
    for (const name of parameterNames)
      for (const word of [name, ...parameterOf(name).aliases]) expect(plain(word)).toBe(word);
    for (const name of actionNames)
      for (const word of [name, ...actions[name].aliases, ...actions[name].words])
        expect(plain(word)).toBe(word);
  });

  it('every default is a value', () => {
    for (const name of parameterNames) {
      const said = asHashtags({ [name]: parameterOf(name).default });
      if (said === '') continue;
      expect(readHashtags(said, vocabulary).notes).toEqual([]);
      expect(readHashtags(said, vocabulary).settings).toEqual({
        [name]: parameterOf(name).default,
      });
    }
  });
});

it.each([
  ['strength', 'strenght', true],
  ['strength', 'strengt', true],
  ['strength', 'strengthh', true],
  ['strength', 'strangth', true],
  ['strength', 'strength', false],
  ['strength', 'strengthen', false],
  ['strength', 'stranght', false],
  ['ab', 'ba', true],
  ['abc', 'cba', false],
  ['', 'a', true],
  ['aa', 'aaa', true],
])('whether one edit makes “%s” of “%s”: %s', (one, other, expected) => {
  expect(isOneEditApart(one, other)).toBe(expected);
  expect(isOneEditApart(other, one)).toBe(expected);
});
