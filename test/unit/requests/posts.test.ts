import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../../src/platforms/port.js';
import { asHashtags } from '../../../src/requests/parameters.js';
import { parse, type Parsed, type Thread } from '../../../src/requests/parse.js';
import type { Note, RenderRequest, Source } from '../../../src/requests/request.js';
import { mentionOf, vocabulary } from '../../support/fixtures.js';
import { inReply, withNone, withOne, withThree, withTwo } from './posts.js';

const attachment = (url: string): Attachment => ({ kind: 'picture', url, description: '' });
const [photo, painting, another] = ['the photo', 'the painting', 'another'].map(attachment) as [
  Attachment,
  Attachment,
  Attachment,
];
const earlier: RenderRequest = {
  effect: 'painting',
  content: photo,
  styles: [painting],
  settings: { strength: 40, scale: 200 },
  notes: [],
};

/** What was understood, in words. */
function inWords(parsed: Parsed): string {
  switch (parsed.type) {
    case 'request':
      return requestInWords(parsed.request);
    case 'refusal': {
      const { refusal } = parsed;
      const more =
        refusal.type === 'did you mean'
          ? ` ${refusal.meant}`
          : refusal.type === 'no value'
            ? ` for ${refusal.parameter}`
            : '';
      return `refusal: ${refusal.type}${more}`;
    }
    case 'help':
      return ['help', parsed.topic].filter((part) => part !== undefined).join(' ');
    case 'cancel':
      return `cancel ${parsed.postId === undefined ? 'all' : 'this'}`;
    case 'removal':
    case 'status':
    case 'talk':
      return parsed.type;
  }
}

function requestInWords(request: RenderRequest): string {
  const { effect, content, notes } = request;
  const [style] = request.effect === 'dream' ? [] : request.styles;
  const of = nameOf(content) === 'the photo' ? '' : `of ${nameOf(content)}`;
  const like =
    style === undefined || nameOf(style) === 'the painting' ? '' : `like ${nameOf(style)}`;
  const said = notes.length === 0 ? '' : `(${notes.map(noteInWords).join(', ')})`;
  return [effect, of, like, asHashtags(request.settings), said]
    .filter((part) => part !== '')
    .join(' ');
}

function nameOf(source: Source): string {
  return source.kind === 'house' ? source.name : source.url;
}

function noteInWords(note: Note): string {
  switch (note.type) {
    case 'clamped':
      return `${note.parameter} ${note.given} → ${note.used}`;
    case 'no such value':
      return `no ${note.parameter} ${note.written}`;
    case 'read as':
      return `${note.written} read as ${note.meant}`;
    case 'did you mean':
      return `${note.written}? ${note.meant}`;
    case 'at the end':
      return `at ${note.strength} already`;
    case 'too many paintings':
      return `only ${note.used}`;
    case 'no such style':
      return `no style ${note.written}`;
    case 'blend':
      return `blend of ${note.paintings}`;
    case 'one picture dreams':
      return note.type;
  }
}

function understood(text: string, attachments: readonly Attachment[], thread?: Thread): string {
  const inReplyTo = thread === undefined ? undefined : 'ours';
  const mention = mentionOf('1', 'ada', { text, attachments, inReplyTo });
  const words = inWords(parse(mention, thread ?? { about: 'unknown' }, vocabulary));
  // Which one of ours is chosen differs from mention to mention.
  return words.replace(/like (\w+)(.*)/, (all, name: string, rest: string) =>
    text.toLowerCase().includes(name) || name === 'the' ? all : `like one of ours${rest}`,
  );
}

describe.each([
  ['with a photo and a painting', withTwo, [photo, painting], undefined],
  ['with a photo and two paintings', withThree, [photo, painting, another], undefined],
  ['with a photo alone', withOne, [photo], undefined],
  ['without a picture', withNone, [], undefined],
  ['in reply to a picture of ours', inReply, [], { about: 'picture', earlier, postId: 'ours' }],
] as const)('%s', (_, posts, attachments, thread) => {
  it.each(posts)('“%s” is understood as: %s', (text, expected) => {
    expect(understood(text, attachments, thread)).toBe(expected);
  });
});

it('there are at least 150 of them', () => {
  const all = [withTwo, withThree, withOne, withNone, inReply].flat();
  expect(new Set(all.map(([text]) => text)).size).toBeGreaterThanOrEqual(150);
});
