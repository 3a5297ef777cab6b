import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import {
  countCharacters,
  hashtags,
  normalizeText,
  renderContent,
  segment,
  type ContentLinks,
} from '../../../src/sandbox/content.js';

const links: ContentLinks = {
  mention: (handle) =>
    /^@bob(?:@h:1)?$/i.test(handle) ? { username: 'bob', url: 'http://here/@bob' } : undefined,
  hashtag: (name) => `http://here/tags/${encodeURIComponent(name)}`,
};
const render = (text: string) => renderContent(text, links);

/** What a reader of the HTML sees, with paragraphs and line ends as they were written. */
function visibleText(html: string): string {
  const entities = new Map([
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&#39;', "'"],
    ['&amp;', '&'],
  ]);
  return html
    .replaceAll('</p><p>', '\n\n')
    .replaceAll('<br />', '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&[a-z0-9#]+;/g, (entity) => entities.get(entity) ?? entity);
}

/** Exactly the tags that we write, with no attribute but ours. */
const ourTags =
  /<\/?p>|<br \/>|<\/a>|<\/?span>|<span class="(?:invisible|h-card)"(?: translate="no")?>|<a href="https?:[^"<>]*"(?: target="_blank" rel="nofollow noopener noreferrer" translate="no"| class="u-url mention"| class="mention hashtag" rel="tag")>/g;

/** Texts with a good share of what could go wrong. */
const trickyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('<', '>', '"', "'", '&', '&lt;', '\n', '\n\n', '\r\n', '#', '@', '#a', ' '),
      fc.constantFrom('http://', 'https://x.y/', '<script>', '<a href="', '@bob', '@bob@h:1', '/'),
      fc.constantFrom('javascript:', ' onclick=', '-->', '<!--', '\u202e', '\0', '\t', '.', ':'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => normalizeText(parts.join('')));

describe('rendered content', () => {
  it('has paragraphs and line breaks as they were written', () => {
    expect(render('a\nb\n\nc')).toBe('<p>a<br />b</p><p>c</p>');
    expect(render('')).toBe('');
  });

  it("has mentions in Mastodon's form, for those who exist", () => {
    expect(render('hi @Bob, @eve')).toBe(
      '<p>hi <span class="h-card" translate="no"><a href="http://here/@bob" class="u-url mention">@<span>bob</span></a></span>, @eve</p>',
    );
  });

  it('has hashtags and links as anchors', () => {
    expect(render('#Strength60')).toBe(
      '<p><a href="http://here/tags/strength60" class="mention hashtag" rel="tag">#<span>Strength60</span></a></p>',
    );
    expect(render('see https://a.b/?x=1&y=2.')).toBe(
      '<p>see <a href="https://a.b/?x=1&amp;y=2" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">https://</span><span>a.b/?x=1&amp;y=2</span></a>.</p>',
    );
  });

  it('lets no markup through but its own', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        const html = render(text);
        expect(html.replaceAll(ourTags, '')).not.toMatch(/[<>"']/);
        expect(html.replaceAll(/&(?:lt|gt|quot|amp|#39);/g, '')).not.toContain('&');
      }),
      { numRuns: 1000 },
    );
  });

  it('says to a reader what was written, no more and no less', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        const written = text.replaceAll(/\n{2,}/g, '\n\n').replaceAll(/@bob(@h:1)?/g, '@bob');
        expect(visibleText(render(text)).replaceAll(/@bob(@h:1)?/g, '@bob')).toBe(written);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the pieces of a text', () => {
  it('are the text again when put together', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(
          segment(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it.each([
    ['@bob', [['bob', undefined]]],
    ['(@bob) @Bob@here.example:80.', [['bob', undefined], ['Bob', 'here.example:80']]], // prettier-ignore
    ['@bob@[::1]:8080', [['bob', '[::1]:8080']]],
    ['mail bob@example.org or a/@bob', []],
  ])('of %j have the mentions %j', (text, expected) => {
    const mentions = segment(text).flatMap((piece) =>
      piece.kind === 'mention' ? [[piece.username, piece.host]] : [],
    );
    expect(mentions).toEqual(expected);
  });

  it.each([
    ['#strength60 #Strength60 #blå', ['strength60', 'blå']],
    ['#1 a#b &#39; ##c https://x.y/#z', []],
    ['#style-transfer', ['style']],
  ])('of %j have the hashtags %j', (text, expected) => {
    expect(hashtags(text)).toEqual(expected);
  });

  it('end in bearable time, whatever is written', () => {
    const started = performance.now();
    for (const unit of ['#1', '#11111', '@a@', 'http://', '@[::', '@a@a.', '#_']) {
      segment(unit.repeat(20_000 / unit.length));
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('the length of a text', () => {
  it.each([
    ['abc', 3],
    ['👩‍👩‍👧‍👦é', 2],
    ['@bob@example.org', 4],
    [`https://example.org/${'x'.repeat(300)}`, 23],
    ['a https://e.org.', 26],
  ])('counts %j as %i', (text, length) => {
    expect(countCharacters(text)).toBe(length);
  });
});
