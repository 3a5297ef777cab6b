import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../src/platforms/port.js';
import { clamped, parameters } from '../../src/requests/parameters.js';
import { parse } from '../../src/requests/parse.js';
import { mentionOf } from '../support/fixtures.js';

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

function parsed(attachments: readonly Attachment[], text = '') {
  return parse(mentionOf('1', 'ada', { text, attachments }));
}

/** What a text with two pictures asks for. */
function requestIn(text: string) {
  const result = parsed([photo, painting], text);
  if (result.type !== 'request') throw new Error(`it is a ${result.type}`);
  return result.request;
}

describe('pictures', () => {
  it('two are a photo and then a painting', () => {
    expect(parsed([photo, painting])).toEqual({
      type: 'request',
      request: { content: photo, styles: [painting], strength: 50, notes: [] },
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
});

describe('strength', () => {
  it.each([
    ['', 50],
    ['paint this, please', 50],
    ['#strength80', 80],
    ['#strength 80', 80],
    ['#strength=80', 80],
    ['#strength: 80', 80],
    ['#STRENGTH=80', 80],
    ['#strength_80', 80],
    ['#strength\n80', 80],
    ['please#Strength80please', 80],
    ['#strength0', 0],
    ['#strength100', 100],
    ['#strength007', 7],
    ['#strength20, no: #strength70', 70],
    ['#art #strength30 #2024', 30],
    ['#strengthen80', 50],
    ['#strength', 50],
    ['#strength lots', 50],
    ['strength 80', 50],
    ['#art80 80', 50],
  ])('in “%s” is %i', (text, strength) => {
    expect(requestIn(text)).toMatchObject({ strength, notes: [] });
  });

  it.each([
    ['#strength101', 101, 100],
    ['#strength-20', -20, 0],
    ['#strength −5', -5, 0],
    ['#strength 33.4', 33.4, 33],
  ])('in “%s” is %f, which becomes %i, with a note', (text, given, used) => {
    expect(requestIn(text)).toMatchObject({
      strength: used,
      notes: [{ type: 'clamped', parameter: 'strength', given, used }],
    });
  });

  it('too great before a correction leaves no note', () => {
    expect(requestIn('#strength500 #strength50').notes).toEqual([]);
  });
});

describe('in reply to a painted picture', () => {
  const earlier = { content: photo, styles: [painting, another], strength: 20, notes: [] } as const;
  const reply = (text: string, attachments: readonly Attachment[] = []) =>
    parse(mentionOf('2', 'ada', { text, attachments, inReplyTo: 'reply' }), {
      isKnown: true,
      earlier,
    });

  it('a hashtag alone has the same pictures painted again', () => {
    expect(reply('#strength90')).toEqual({
      type: 'request',
      request: { content: photo, styles: [painting, another], strength: 90, notes: [] },
    });
  });

  it('words alone ask for nothing', () => {
    expect(reply('thank you!')).toEqual({ type: 'talk' });
  });

  it('two new pictures count, and not the old ones', () => {
    expect(reply('', [another, painting])).toMatchObject({
      request: { content: another, styles: [painting], strength: 50 },
    });
  });

  it('one new picture is the painting for the same photo', () => {
    expect(reply('#strength90', [another])).toMatchObject({
      request: { content: photo, styles: [another], strength: 90 },
    });
  });

  it('#delete wants it gone, whatever else is there', () => {
    expect(reply('please #Delete this #strength90')).toEqual({ type: 'removal', postId: 'reply' });
    expect(reply('#deleted')).toEqual({ type: 'talk' });
  });
});

it('#delete in reply to nothing is told how it works', () => {
  expect(parsed([], '#delete')).toEqual({
    type: 'refusal',
    refusal: { type: 'nothing to delete' },
  });
});

it('whatever the text and the attachments, there is an answer, and what is asked for is in range', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('#strength', '#STRENGTH=', ' ', '=', '-', '.', '\u0000', '٣'),
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
  );
  const text = fc.array(piece).map((pieces) => pieces.join(''));
  const attachments = fc.array(fc.constantFrom(photo, painting, another, video), { maxLength: 5 });
  const property = fc.property(text, attachments, (text, attachments) => {
    const result = parsed(attachments, text);
    if (result.type !== 'request') return;
    const { strength, content, styles } = result.request;
    expect(Number.isInteger(strength) && strength >= 0 && strength <= 100).toBe(true);
    expect([content, ...styles]).toEqual(attachments);
  });
  fc.assert(property, { numRuns: 500, seed: 8 });
});

it('a hostile text takes no longer than it is long', () => {
  const text = '#strength'.repeat(50_000) + '#strength' + ' :_='.repeat(200_000);
  const before = performance.now();
  expect(requestIn(text).strength).toBe(50);
  expect(performance.now() - before).toBeLessThan(2000); // were it quadratic, it would be minutes
});

it('every parameter’s default is in its range, and a value outside becomes the nearest inside', () => {
  for (const parameter of Object.values(parameters)) {
    expect(clamped(parameter.default, parameter)).toBe(parameter.default);
    expect(clamped(parameter.min - 1, parameter)).toBe(parameter.min);
    expect(clamped(parameter.max + 1, parameter)).toBe(parameter.max);
  }
});
