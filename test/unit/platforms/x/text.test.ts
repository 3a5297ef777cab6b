import fc from '../../../support/property.js';
import twitter from 'twitter-text';
import { describe, expect, it } from 'vitest';
import { fitted, weightOf } from '../../../../src/platforms/x/text.js';
import { briefFor, catalogues, sentenceFor } from '../../../../src/replies/sentences.js';
import { actionNames } from '../../../../src/requests/actions.js';
import { parameterNames } from '../../../../src/requests/parameters.js';

describe('a text for X', () => {
  it.each([
    ['plain words', 11],
    ['größer', 6],
    ['日本', 4],
    ['🎨', 2],
    ['👩‍👩‍👧‍👧', 2],
    ['https://example.com/a/very/long/address/indeed', 23],
  ])('%s has the weight that X gives it', (text, weight) => {
    expect(weightOf(text)).toBe(weight);
  });

  it('of 280 characters stays as it is, and of 281 loses its last sentence', () => {
    const end = 'And the end.';
    const start = `${'a'.repeat(280 - end.length - 2)}.`;
    expect(fitted({ text: `${start} ${end}` })).toBe(`${start} ${end}`);
    expect(fitted({ text: `${start}. ${end}` })).toBe(`${start}.`);
  });

  it('counts a character of a heavy script twice', () => {
    expect(fitted({ text: '絵'.repeat(140) })).toBe('絵'.repeat(140));
    expect(weightOf(fitted({ text: '絵'.repeat(141) }))).toBeLessThanOrEqual(280);
  });

  it('is in the shorter words if the others are too many, and only then', () => {
    expect(fitted({ text: 'Short.', brief: 'Shorter.' })).toBe('Short.');
    expect(fitted({ text: 'long '.repeat(60), brief: 'Shorter.' })).toBe('Shorter.');
  });

  it.each([
    ['I do not know #colors “blue.com”.', 'I do not know #colors “…”.'],
    ['See https://elsewhere.example/x now', 'See … now'],
    ['It took 3.5 s. Done', 'It took 3.5 s. Done'],
    ['I do not know “@ben”', 'I do not know “ben”'],
    ['I do not know “@@ben”', 'I do not know “ben”'],
    ['I do not know “blue.@com”', 'I do not know “…”'],
    ['I do not know “❤.com”', 'I do not know “…”'],
    ['I do not know “नीला.भारत”', 'I do not know “…”'],
  ])('%j has no link and addresses nobody', (text, without) => {
    expect(fitted({ text })).toBe(without);
  });

  it('has no link, whatever the domain is called', () => {
    const { validGTLD, validCCTLD } = twitter.regexen;
    const names = [validGTLD, validCCTLD].flatMap(({ source }) =>
      source.split(/[(|)]/).filter((name) => /^[^?:[\]]{2,}$/.test(name)),
    );
    expect(names.length).toBeGreaterThan(1000);
    const linked = names.filter((name) => {
      const text = fitted({ text: `I do not know “blue.${name}”` });
      return twitter.extractUrls(text, { extractUrlsWithoutProtocol: true }).length > 0;
    });
    expect(linked).toEqual([]);
  });

  it('never has too much, a link, or a name, whatever people wrote', () => {
    const words = fc.constantFrom(
      'a.com',
      '@ben',
      '＠ada',
      '@',
      '.',
      'com',
      'http://x.y/z',
      '日本',
      '🎨',
      'word. ',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 80 }), (parts) => {
        const text = fitted({ text: parts.join('') });
        expect(weightOf(text)).toBeLessThanOrEqual(280);
        expect(twitter.extractUrls(text, { extractUrlsWithoutProtocol: true })).toEqual([]);
        expect(twitter.extractMentions(text)).toEqual([]);
      }),
    );
  });
});

describe.each(catalogues.map(({ language }) => language))('what the bot says in %s', (language) => {
  const to = { id: '1', language };
  const sizes = { usual: 512, max: 768 };

  it('has the help fit into a post of X, with every hashtag', () => {
    const help = { type: 'help', sizes } as const;
    const brief = briefFor(help, to);
    const text = fitted({ text: sentenceFor(help, undefined, to), brief });
    expect(text).toBe(brief);
    for (const name of [...parameterNames, ...actionNames, 'style'])
      expect(text).toContain(`#${name}`);
  });

  it('has the help for each hashtag fit', () => {
    for (const topic of [...parameterNames, ...actionNames, 'style'] as const) {
      const text = sentenceFor({ type: 'help', topic, sizes }, undefined, to);
      expect(fitted({ text }), topic).toBe(text);
    }
  });
});
