/**
 * The text of a status, and the HTML that Mastodon makes of it. Pure: who exists is told by the caller.
 */

/** A piece of a status' text. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string }
  | { readonly kind: 'hashtag'; readonly text: string; readonly name: string }
  | {
      readonly kind: 'mention';
      readonly text: string;
      readonly username: string;
      readonly host: string | undefined;
    };

/** Where the anchors of rendered content lead. */
export interface ContentLinks {
  /** Looks up who is mentioned by a handle (`@name` or `@name@host`, as written); undefined if nobody is. */
  mention(handle: string): { readonly username: string; readonly url: string } | undefined;
  hashtag(name: string): string;
}

const link = String.raw`(?<link>https?://[^\s<>"]+)`;
const host = String.raw`(?:[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?`;
const mention = String.raw`(?<![\p{L}\p{N}_/@])@(?<username>[a-z0-9_]+)(?:@(?<host>${host}))?`;
const word = String.raw`\p{L}\p{N}\p{M}_`;
// A hashtag has at least one character that is no digit: "#1" is a rank, not a tag.
const hashtag = String.raw`(?<![${word}/&#])#(?<tag>[${word}]*[\p{L}\p{M}_][${word}]*)`;
const pattern = new RegExp(`${link}|${mention}|${hashtag}`, 'giu');

/** Mastodon counts every link as this many characters. */
export const charactersPerLink = 23;

/** Brings line ends to one form and takes out control characters, which no one can see. */
export function normalizeText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

/** Cuts a text into plain text, links, mentions and hashtags; the pieces put together are the text again. */
export function segment(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  const plain = (until: number): void => {
    if (until > end) segments.push({ kind: 'text', text: text.slice(end, until) });
  };
  for (const match of text.matchAll(pattern)) {
    const { link, username, host, tag } = match.groups ?? {};
    // The full stop after a link belongs to the sentence.
    const found = link === undefined ? match[0] : match[0].replace(/[.,:;!?'")\]]+$/u, '');
    plain(match.index);
    end = match.index + found.length;
    if (link !== undefined) segments.push({ kind: 'link', text: found });
    else if (tag !== undefined) segments.push({ kind: 'hashtag', text: found, name: tag });
    else if (username !== undefined)
      segments.push({ kind: 'mention', text: found, username, host });
  }
  plain(text.length);
  return segments;
}

/** How long a status is by Mastodon's rule: user-perceived characters, links at a fixed price, hosts of mentions free. */
export function countCharacters(text: string): number {
  const counted = segment(text).map((piece) => {
    if (piece.kind === 'link') return 'x'.repeat(charactersPerLink);
    return piece.kind === 'mention' ? `@${piece.username}` : piece.text;
  });
  return Array.from(new Intl.Segmenter('en').segment(counted.join(''))).length;
}

/** The names of the hashtags in a text in lower case, each once. */
export function hashtags(text: string): readonly string[] {
  const names = segment(text).flatMap((piece) =>
    piece.kind === 'hashtag' ? [piece.name.toLowerCase()] : [],
  );
  return [...new Set(names)];
}

/** The HTML of a text, in the form that Mastodon gives it. Everything that a person wrote is escaped. */
export function renderContent(text: string, links: ContentLinks): string {
  if (text === '') return '';
  return text
    .split(/\n{2,}/)
    .map((paragraph) => {
      const html = segment(paragraph).map((piece) => renderSegment(piece, links));
      return `<p>${html.join('')}</p>`;
    })
    .join('');
}

function renderSegment(piece: Segment, links: ContentLinks): string {
  switch (piece.kind) {
    case 'text':
      return escapeHtml(piece.text).replaceAll('\n', '<br />');
    case 'link': {
      const [, scheme = '', rest = ''] = /^(https?:\/\/)(.*)$/isu.exec(piece.text) ?? [];
      return (
        `<a href="${escapeHtml(piece.text)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">` +
        `<span class="invisible">${escapeHtml(scheme)}</span><span>${escapeHtml(rest)}</span></a>`
      );
    }
    case 'hashtag':
      return `<a href="${escapeHtml(links.hashtag(piece.name.toLowerCase()))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(piece.name)}</span></a>`;
    case 'mention': {
      const account = links.mention(piece.text);
      if (account === undefined) return escapeHtml(piece.text);
      return `<span class="h-card" translate="no"><a href="${escapeHtml(account.url)}" class="u-url mention">@<span>${escapeHtml(account.username)}</span></a></span>`;
    }
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes a text harmless inside HTML, also inside a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
