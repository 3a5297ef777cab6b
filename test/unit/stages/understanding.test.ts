import { describe, expect, it } from 'vitest';
import { housePaintings } from '../../../src/collection.js';
import { PlatformError, type Attachment, type Mention } from '../../../src/platforms/port.js';
import { block } from '../../../src/queue/blocks.js';
import type { RequestId } from '../../../src/queue/desk.js';
import { forgetNow } from '../../../src/queue/retention.js';
import type { RenderRequest } from '../../../src/requests/request.js';
import {
  settingsFor,
  understand,
  understood,
  understoodAlone,
} from '../../../src/stages/understanding.js';
import { mentionOf, painted, picture, request } from '../../support/fixtures.js';
import { MemoryPlatform } from '../../support/platform.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

const pictures = ['photo', 'painting', 'another'].map((url): Attachment => ({
  kind: 'picture',
  url,
  description: '',
}));
const [photo, painting] = pictures;

/** A mention, by Ada if nobody else is named, in reply to a post. */
const reply = (attachments: readonly Attachment[], changes: Partial<Mention> = {}) =>
  mentionOf('2', 'ada', { attachments, inReplyTo: '1', ...changes });

function network(above?: Mention, othersPictures = false) {
  const queue = queueAt(newPlace());
  const platform = new MemoryPlatform();
  let looks = 0;
  platform.parentOf = () => {
    looks++;
    return Promise.resolve(above);
  };
  const options = {
    queue,
    sizes: { usual: 512, max: 768 },
    collection: housePaintings(),
    othersPictures,
  };
  return {
    queue,
    platform,
    options,
    looks: () => looks,
    understand: (mention: Mention) => understand(platform, mention, options),
    /** Takes a request in, paints it and answers it. */
    answer: async (mention: Mention) => {
      await queue.admit('memory', mention, { request, cost: 1 });
      await queue.rendered(claimed(await queue.claimRender()), painted);
      await queue.answered(claimed(await queue.claimReply()), `reply to ${mention.id}`);
    },
  };
}

const above = (attachments: readonly Attachment[], person = 'ada', changes = {}) =>
  mentionOf('1', person, { attachments, ...changes });

/** Which posts everybody can see. */
const openness = [
  ['public', true],
  ['unlisted', true],
  ['private', false],
  ['direct', false],
] as const;

describe('a mention in reply to a post of the same person', () => {
  it('with no picture has that one’s painted', async () => {
    const { understand } = network(above(pictures));
    expect(await understand(reply([]))).toMatchObject({
      outcome: { request: { content: photo, styles: pictures.slice(1) } },
    });
  });

  it('with one picture has the other’s first one painted in its style', async () => {
    const { understand } = network(above(pictures.slice(0, 1)));
    expect(await understand(reply([pictures[2] ?? picture]))).toMatchObject({
      outcome: { request: { content: photo, styles: [pictures[2]] } },
    });
  });

  it('with two pictures needs nobody else’s, and nobody looks', async () => {
    const { platform, options, understand, looks } = network(above(pictures));
    const mention = reply(pictures.slice(0, 2));
    expect(await understood(platform, mention, options)).toEqual(await understand(mention));
    expect(looks()).toBe(0);
  });

  it('is refused like any other if there are not enough pictures in both', async () => {
    const { understand } = network(above([]));
    expect((await understand(reply([]))).outcome).toEqual({ refusal: { type: 'no pictures' } });
    const one = network(above([{ kind: 'other', url: 'video', description: '' }]));
    expect((await one.understand(reply(pictures.slice(0, 1)))).outcome).toEqual({
      refusal: { type: 'one picture' },
    });
  });

  it('is answered no more widely than the pictures were posted, and as sensitively', async () => {
    const { understand } = network(
      above(pictures, 'ada', { visibility: 'private', sensitive: true }),
    );
    expect((await understand(reply([]))).mention).toMatchObject({
      visibility: 'private',
      sensitive: true,
    });
    expect((await understand(reply([], { visibility: 'direct' }))).mention.visibility).toBe(
      'direct',
    );
  });

  it('that is gone is a mention by itself', async () => {
    const { understand } = network(undefined);
    expect((await understand(reply([]))).outcome).toEqual({ refusal: { type: 'no pictures' } });
  });

  it('that cannot be looked at now is not understood now, but by itself if need be', async () => {
    const { platform, options, understand } = network();
    platform.parentOf = () => Promise.reject(new PlatformError('unreachable', 'away'));
    expect(await understood(platform, reply([]), options)).toBeUndefined();
    await expect(understand(reply([]))).rejects.toThrow('away');
    expect(understoodAlone(reply([]), options).outcome).toHaveProperty('refusal');
  });
});

describe('a mention in reply to somebody else’s post', () => {
  it('does not take their pictures', async () => {
    const { understand } = network(above(pictures, 'ben'));
    for (const own of [[], [picture]])
      expect((await understand(reply(own))).outcome).toEqual({
        refusal: { type: 'foreign pictures' },
      });
    const words = network(above([], 'ben'));
    expect((await words.understand(reply([]))).outcome).toEqual({
      refusal: { type: 'no pictures' },
    });
  });

  it.each(openness)(
    'of visibility %s may take them (%s) if the operator allows it',
    async (visibility, may) => {
      const { understand } = network(above(pictures, 'ben', { visibility }), true);
      expect('request' in (await understand(reply([]))).outcome).toBe(may);
    },
  );

  it('says whose pictures it takes', async () => {
    const post = above(pictures, 'ben');
    const { understand } = network(post, true);
    expect((await understand(reply([]))).mention.picturesOf).toEqual([post.author]);
  });
});

describe('a mention in reply to what we know', () => {
  it('is talk without a hashtag: under our answers, and under one’s own answered request', async () => {
    const { answer, understand, looks } = network(above(pictures));
    await answer(mentionOf('1'));
    for (const inReplyTo of ['reply to 1', '1'])
      expect((await understand(reply([], { inReplyTo }))).outcome).toEqual({ talk: true });
    expect(looks()).toBe(0);
  });

  it('with a hashtag or a new painting paints the same photo again', async () => {
    const { answer, understand } = network();
    await answer(mentionOf('1'));
    for (const inReplyTo of ['reply to 1', '1']) {
      const again = await understand(reply([], { inReplyTo, text: '#strength90' }));
      expect(again.outcome).toMatchObject({ request: { ...request, settings: { strength: 90 } } });
      const anew = await understand(reply([painting ?? picture], { inReplyTo }));
      expect(anew.outcome).toMatchObject({
        request: { content: request.content, styles: [painting] },
      });
    }
  });

  it('is answered no more widely than what is painted again was asked for, and behind the same warning', async () => {
    const { answer, understand } = network();
    await answer(
      mentionOf('1', 'ada', { visibility: 'direct', sensitive: true, spoiler: 'paint' }),
    );
    for (const attachments of [[], [painting ?? picture]]) {
      const again = reply(attachments, { inReplyTo: 'reply to 1', text: '#strength90' });
      expect((await understand(again)).mention).toMatchObject({
        visibility: 'direct',
        sensitive: true,
        spoiler: 'paint',
      });
    }
    const anew = reply(pictures.slice(0, 2), { inReplyTo: 'reply to 1' });
    expect((await understand(anew)).mention).toEqual(anew);
  });

  it.each(openness)(
    'by somebody else may go on under an answer to a %s mention: %s',
    async (visibility, may) => {
      const { answer, understand } = network();
      await answer(mentionOf('1', 'ben', { visibility }));
      const again = reply([], { inReplyTo: 'reply to 1', text: '#strength90' });
      expect('request' in (await understand(again)).outcome).toBe(may);
    },
  );

  it('says whose pictures it uses, beside its author’s, however many went on before', async () => {
    const { answer, understand } = network();
    const { author: ben } = mentionOf('0', 'ben');
    const { author: eve } = mentionOf('0', 'eve');
    const on = (id: string, person: string) =>
      mentionOf(id, person, {
        attachments: [],
        inReplyTo: `reply to ${Number(id) - 1}`,
        text: '#strength90',
      });
    await answer(mentionOf('1', 'ben'));
    const second = (await understand(on('2', 'eve'))).mention;
    expect(second.picturesOf).toEqual([ben]);
    await answer(second);
    expect((await understand(on('3', 'ada'))).mention.picturesOf).toEqual([eve, ben]);
    expect((await understand(on('3', 'ben'))).mention.picturesOf).toEqual([eve]);
    await answer(mentionOf('3', 'ada'));
    expect((await understand(on('4', 'ada'))).mention).not.toHaveProperty('picturesOf');
  });

  it('does not paint what somebody else has asked for in their own post', async () => {
    const { answer, understand } = network(above(pictures, 'ben'));
    await answer(mentionOf('1', 'ben'));
    expect((await understand(reply([], { text: '#strength90' }))).outcome).toHaveProperty(
      'refusal',
    );
  });

  it('after one picture was too few, adds another, or the style of one of ours', async () => {
    const { queue, options, platform, looks } = network();
    const first = mentionOf('1', 'ada', { attachments: pictures.slice(0, 1) });
    const { outcome, mention } = await understand(platform, first, options);
    await queue.admit('memory', mention, outcome);
    await queue.answered(claimed(await queue.claimReply()), 'reply to 1');
    for (const inReplyTo of ['reply to 1', '1']) {
      const second = reply([painting ?? picture], { inReplyTo });
      expect((await understand(platform, second, options)).outcome).toMatchObject({
        request: { content: photo, styles: [painting] },
      });
      const named = reply([], { inReplyTo, text: '#style lavender' });
      expect((await understand(platform, named, options)).outcome).toMatchObject({
        request: { content: photo, styles: [{ kind: 'house', name: 'lavender' }] },
      });
    }
    const other = mentionOf('3', 'ben', {
      attachments: [],
      inReplyTo: 'reply to 1',
      text: '#dream',
    });
    expect((await understand(platform, other, options)).outcome).toHaveProperty('refusal');
    expect(looks()).toBe(0);
  });

  it('through our words finds back to the picture above them', async () => {
    const { queue, options, platform, answer } = network();
    await answer(mentionOf('1'));
    let under = 'reply to 1';
    for (const [id, text] of [
      ['2', '#help strength'],
      ['3', '#delte'],
    ] as const) {
      const asked = mentionOf(id, 'ada', { attachments: [], inReplyTo: under, text });
      const { mention, outcome } = await understand(platform, asked, options);
      await queue.admit('memory', mention, outcome);
      await queue.answered(claimed(await queue.claimReply()), `words to ${id}`);
      under = `words to ${id}`;
      const at = (text: string) =>
        understand(platform, reply([], { inReplyTo: under, text }), options);
      expect((await at('#strength90')).outcome).toMatchObject({
        request: { settings: { strength: 90 } },
      });
      expect((await at('#delete')).outcome).toEqual({ removal: 'reply to 1' });
      expect((await at('thanks')).outcome).toEqual({ talk: true });
    }
  });

  it('and is only talk among people is left alone', async () => {
    const { queue, options, platform, answer, understand, looks } = network(
      above(pictures, 'ben'),
      true,
    );
    await answer(mentionOf('1', 'ben'));
    const nice = mentionOf('5', 'ben', { attachments: [], inReplyTo: 'reply to 1', text: 'nice' });
    const heard = await understand(nice);
    await queue.admit('memory', heard.mention, heard.outcome);
    for (const inReplyTo of ['1', '5'])
      expect((await understand(reply([], { inReplyTo, text: 'right?' }))).outcome).toEqual({
        talk: true,
      });
    expect(looks()).toBe(0);
    // What asks for something is looked at.
    const asks = reply([], { inReplyTo: '1', text: '#strength80' });
    expect(await understood(platform, asks, options)).toBeUndefined();
  });

  it('and is one’s own, but forgotten, is not painted anew for a word', async () => {
    const { queue, answer, understand } = network(above(pictures));
    await answer(mentionOf('1'));
    await forgetNow(queue.database, new MemoryPictures(), 1 as RequestId);
    const thanks = reply([], { inReplyTo: '1', text: 'thank you for removing it' });
    expect((await understand(thanks)).outcome).toEqual({ talk: true });
    const again = reply([], { inReplyTo: '1', text: '#strength90' });
    expect((await understand(again)).outcome).toMatchObject({ request: { content: photo } });
  });

  it('of somebody who is blocked is not gone on with', async () => {
    const { queue, answer, understand } = network();
    await answer(mentionOf('1', 'ben'));
    await block(queue.database, 'ben@here.example', 0);
    const again = reply([], { inReplyTo: 'reply to 1', text: '#strength90' });
    expect((await understand(again)).outcome).toEqual({ refusal: { type: 'private picture' } });
  });

  it('is no larger than the operator allows now', async () => {
    const { queue, platform, options } = network();
    const large: RenderRequest = { ...request, settings: { size: 2048 } };
    await queue.admit('memory', mentionOf('1'), { request: large, cost: 1 });
    await queue.rendered(claimed(await queue.claimRender()), painted);
    await queue.answered(claimed(await queue.claimReply()), 'reply to 1');
    const again = reply([], { inReplyTo: 'reply to 1', text: '#strength90' });
    const { outcome } = await understand(platform, again, options);
    if (!('request' in outcome)) throw new Error('it was not understood');
    expect(settingsFor(outcome.request, options).size).toBe(768);
    expect(outcome.cost).toBeLessThan(1e8);
  });

  it('that has been forgotten is told so', async () => {
    const { queue, answer, understand } = network();
    await answer(mentionOf('1'));
    await forgetNow(queue.database, new MemoryPictures(), 1 as RequestId);
    const again = reply([], { inReplyTo: 'reply to 1', text: '#strength90' });
    expect((await understand(again)).outcome).toEqual({ refusal: { type: 'forgotten' } });
  });

  it('costs what it takes: less as a draft, more when larger, and nothing without a picture', async () => {
    const { answer, understand } = network();
    await answer(mentionOf('1'));
    const cost = async (text: string) => {
      const { outcome } = await understand(reply([], { inReplyTo: 'reply to 1', text }));
      return 'cost' in outcome ? outcome.cost : undefined;
    };
    const usual = (await cost('#strength90')) ?? NaN;
    expect(await cost('#size medium')).toBe(usual);
    expect(((await cost('#quality draft')) ?? NaN) / usual).toBeCloseTo(0.2, 1);
    expect(((await cost('#quality fine')) ?? NaN) / usual).toBeCloseTo(1.9, 1);
    expect(usual / ((await cost('#size 256')) ?? NaN)).toBeCloseTo(2.4, 0);
    expect(await cost('#size large')).toBeGreaterThan(usual);
    expect(((await cost('#dream')) ?? NaN) / usual).toBeCloseTo(0.5, 1);
    const sheet = ((await cost('#variations')) ?? NaN) / usual;
    expect(sheet).toBeCloseTo(0.75, 1);
    expect(await cost('#status')).toBeUndefined();
  });

  it('is talk, too, under a post of ours that answers nothing', async () => {
    const ours = mentionOf('1', 'us', {
      author: { id: 'us', handle: 'pentimento', address: 'pentimento@memory.example' },
    });
    const { understand } = network(ours);
    expect((await understand(reply([], { text: 'thanks' }))).outcome).toEqual({ talk: true });
  });
});
