import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

describe('a mention with too few pictures', () => {
  it('takes them from the post above, if that is the same person’s', async () => {
    const { ada, person, start } = await scene();
    await start();
    const above = async (files: readonly Buffer[]) => {
      const mediaIds = [];
      for (const file of files) {
        const blob = new Blob([new Uint8Array(file)]);
        const media = { file: blob, description: 'a boat', skipPolling: true } as const;
        mediaIds.push((await ada.rest.v2.media.create(media)).id);
      }
      return ada.rest.v1.statuses.create({ status: 'look', mediaIds });
    };
    const [photo, painting] = await pair();
    const whole = await above([photo, painting]);
    const half = await above([photo]);
    const both = await mention(ada, 'this, please', [], { inReplyToId: whole.id });
    const one = await mention(ada, 'like this, please', [painting], { inReplyToId: half.id });
    const ben = await person('ben');
    const foreign = await mention(ben, 'and me?', [painting], { inReplyToId: half.id });

    const answers = [await answerTo(ada, both), await answerTo(ada, one)];
    for (const { mediaAttachments } of answers)
      expect(mediaAttachments[0]?.description).toContain('A photo (a boat), repainted');
    expect((await answerTo(ben, foreign)).content).toContain('somebody else’s');
  });
});

describe('a mention that is edited while it waits', () => {
  it('is painted, or refused, as it is then', async () => {
    const { ada, start, operator, untilState } = await scene();
    await start();
    await operator('queue', 'pause');
    const more = await mention(ada, '#strength20 #draft', await pair());
    const none = await mention(ada, 'please #draft', await pair());
    await untilState(2, 'queued');
    await ada.rest.v1.statuses.$select(more.id).update({
      status: '@pentimento #strength60',
      spoilerText: 'paint',
      mediaIds: more.mediaAttachments.map(({ id }) => id),
    });
    await ada.rest.v1.statuses.$select(none.id).update({ status: '@pentimento never mind' });
    await operator('queue', 'resume');
    expect(await answerTo(ada, more)).toMatchObject({
      content: expect.stringContaining('strength 60') as string,
      spoilerText: 'paint',
    });
    expect(await answerTo(ada, none)).toMatchObject({
      content: expect.stringContaining('two pictures') as string,
      mediaAttachments: [],
    });
  });

  it('is not painted if it was deleted while the bot was down, and nothing of it is kept', async () => {
    const { ada, start, operator, untilState } = await scene();
    const first = await start();
    await operator('queue', 'pause');
    const asked = await mention(ada, 'please #draft', await pair());
    await untilState(1, 'queued');
    await first.end('SIGKILL');
    await ada.rest.v1.statuses.$select(asked.id).remove();
    await operator('queue', 'resume');
    await start();
    await untilState(1, 'cancelled');
    await vi.waitFor(async () => {
      const { out } = await operator('queue', 'show', '1');
      expect(out).toMatch(/^state +cancelled$/m);
      expect(out).toMatch(/^from +\(forgotten\) on/m);
    }, patient);
  });
});

describe('a request is acknowledged', () => {
  it('by a favorite, unless the operator wants it otherwise', async () => {
    const { ada, start } = await scene();
    await start();
    const asked = await mention(ada, 'please #draft', await pair());
    await vi.waitFor(
      async () =>
        expect((await ada.rest.v1.statuses.$select(asked.id).fetch()).favouritesCount).toBe(1),
      patient,
    );
  });

  it('by its place in the line, and answered all the same', async () => {
    const { ada, start } = await scene();
    await start('manners: { acknowledge: place }');
    const asked = await mention(ada, 'please #draft', await pair());
    const replies = await vi.waitFor(async () => {
      const found = await answersTo(ada, asked);
      expect(found).toHaveLength(2);
      return found;
    }, patient);
    expect(replies[0]?.content).toContain('It is your turn, and your picture should be ready in');
    expect(replies[0]?.visibility).toBe('unlisted');
    expect(replies[1]?.mediaAttachments).toHaveLength(1);
    expect((await ada.rest.v1.statuses.$select(asked.id).fetch()).favouritesCount).toBe(0);
  });
});

describe('nobody is bothered', () => {
  it('who wants no bots, or is one; and two programs that answer each other come to an end', async () => {
    const { ada, person, start, sandbox } = await scene();
    await start();
    const shy = await person('shy');
    await shy.rest.v1.accounts.updateCredentials({ note: 'Painter. #NoBot, please.' });
    const unwanted = await mention(shy, 'hello', []);
    sandbox.signIn('parrot', { bot: true });

    // A program that does not say so, and thanks the bot for every word: under its words, and in new posts.
    const echo = await person('echo');
    const first = await answerTo(echo, await mention(echo, 'hello', []));
    const thanks = await mention(echo, 'thanks, and hello!', [], { inReplyToId: first.id });
    for (let words = 1; words < 20; words++)
      await answerTo(echo, await mention(echo, `thanks, number ${words}!`, []));
    const last = await mention(echo, 'thanks once more!', []);
    await answerTo(ada, await mention(ada, 'hello', []));
    expect(await answersTo(echo, last)).toEqual([]);
    expect(await answersTo(echo, thanks)).toEqual([]);
    expect(await answersTo(shy, unwanted)).toEqual([]);
  });
});

it('a focal point is handed on to the painted picture', async () => {
  const { ada, start } = await scene();
  await start();
  const [photo, painting] = await pair();
  const mediaIds = [];
  for (const [file, focus] of [
    [photo, '0.25,-0.5'],
    [painting, '1,1'],
  ] as const) {
    const jpeg = await sharp(file).jpeg().toBuffer();
    const media = { file: new Blob([new Uint8Array(jpeg)]), focus, skipPolling: true } as const;
    mediaIds.push((await ada.rest.v2.media.create(media)).id);
  }
  const asked = await ada.rest.v1.statuses.create({ status: '@pentimento please', mediaIds });
  const { mediaAttachments } = await answerTo(ada, asked);
  expect(mediaAttachments[0]?.meta?.focus).toEqual({ x: 0.25, y: -0.5 });
});
