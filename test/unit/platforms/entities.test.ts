import { describe, expect, it } from 'vitest';
import { notificationSchema, toMention } from '../../../src/platforms/mastodon/entities.js';

const self = { id: '1', host: 'here.example', address: 'pentimento@here.example' };

/** A mention as a server tells it, in masto's spelling, and what we make of it. */
function heard(status: object = {}, account: object = {}) {
  const notification = {
    id: '5',
    type: 'mention',
    status: {
      id: '7',
      account: { id: '2', acct: 'ada@there.example', note: '<p>Painter</p>', ...account },
      content: '<p>hello</p>',
      visibility: 'public',
      ...status,
    },
  };
  return toMention(notificationSchema.parse(notification), self);
}

const attached = (attachment: object) =>
  heard({ mediaAttachments: [{ id: '1', url: 'https://here.example/copy', ...attachment }] })
    ?.attachments;

describe('an attachment', () => {
  it.each([
    ['image', 'picture', 'https://here.example/copy'],
    // Servers make a silent video of an animated GIF, and a picture of its first frame.
    ['gifv', 'picture', 'https://here.example/first-frame'],
    ['video', 'other', 'https://here.example/copy'],
    ['audio', 'other', 'https://here.example/copy'],
    ['unknown', 'picture', 'https://here.example/copy'],
  ])('of type %s is taken for a %s, at %s', (type, kind, url) => {
    const previewUrl = 'https://here.example/first-frame';
    expect(attached({ type, previewUrl })).toMatchObject([{ kind, url }]);
  });

  it('is taken from the server’s own copy, and from where it came only if there is none', () => {
    const remoteUrl = 'https://there.example/original';
    expect(attached({ type: 'image', remoteUrl })?.[0]?.url).toBe('https://here.example/copy');
    expect(attached({ type: 'unknown', url: null, remoteUrl })?.[0]?.url).toBe(remoteUrl);
    expect(attached({ type: 'image', url: null })).toEqual([]);
  });

  it('has its alt text, size and focal point, if they make sense', () => {
    const original = { width: 640, height: 480 };
    const meta = { original, focus: { x: 0.5, y: -1 } };
    expect(attached({ type: 'image', description: 'a boat', meta })).toMatchObject([
      { description: 'a boat', size: original, focus: { x: 0.5, y: -1 } },
    ]);
    const nonsense = { original: { width: -1 }, focus: { x: 7, y: 'up' } };
    expect(attached({ type: 'image', description: 5, meta: nonsense })).toMatchObject([
      { description: '', size: undefined, focus: undefined },
    ]);
  });
});

describe('a mention', () => {
  it.each([
    ['public', 'public'],
    ['unlisted', 'unlisted'],
    ['private', 'private'],
    ['direct', 'direct'],
    ['mutuals_only', 'direct'],
    [undefined, 'direct'],
  ])('of visibility %s counts as %s', (visibility, expected) => {
    expect(heard({ visibility })?.visibility).toBe(expected);
  });

  it('that must not leave the server is for its author alone', () => {
    expect(heard({ localOnly: true })?.visibility).toBe('direct');
    expect(heard({ localOnly: 'perhaps' })?.visibility).toBe('direct');
    expect(heard({ localOnly: false })?.visibility).toBe('public');
  });

  it.each([
    ['a bot', { bot: true }],
    ['ourselves', { id: '1' }],
    ['somebody who wants no bots', { note: '<p>No <a href="x">#<span>NoBot</span></a></p>' }],
    ['somebody who wants none of them', { note: 'gardener, #nobots' }],
  ])('by %s is passed over', (_, account) => {
    expect(heard({}, account)).toBeUndefined();
  });

  it.each([null, '', '<p>#nobotany is a hobby</p>', 5])(
    'by somebody with the note %j is heard',
    (note) => {
      expect(heard({}, { note })?.id).toBe('7');
    },
  );

  it('has an author who can be addressed from anywhere', () => {
    expect(heard()?.author).toEqual({
      id: '2',
      handle: 'ada@there.example',
      address: 'ada@there.example',
    });
    expect(heard({}, { acct: 'ada' })?.author.address).toBe('ada@here.example');
  });
});
