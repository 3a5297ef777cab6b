import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, mention, midRender, pair, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

describe('the bot, as a process of its own, on a real server', () => {
  it('answers what it cannot paint with a kind sentence, and keeps a direct mention direct', async () => {
    const { ada, start } = await scene();
    await start();
    const [good] = await pair();
    const speck = await sharp(good).resize(8, 6).png().toBuffer();
    const none = await mention(ada, 'hello', [], { visibility: 'direct' });
    const one = await mention(ada, 'here', [good]);
    const small = await mention(ada, 'this', [good, speck]);
    expect((await answerTo(ada, none)).content).toContain('Mention me with two pictures');
    expect((await answerTo(ada, none)).visibility).toBe('direct');
    expect((await answerTo(ada, one)).content).toContain('it takes two');
    expect((await answerTo(ada, small)).content).toContain('the painting: it is too small');
  });

  // No picture that is truly indecent is kept here. But no probability is quite 0, so with a threshold as low as this
  // the most harmless picture counts, and all that follows is real.
  it.each([
    ['is not marked by default', '', false],
    ['is marked when the operator’s threshold is next to nothing', 'threshold: 1e-12', true],
  ])(
    'answers by a picture that is hidden if it was found sensitive: a harmless one %s',
    async (_, safety, sensitive) => {
      const { ada, start } = await scene();
      await start(`safety: { ${safety} }`);
      const answer = await answerTo(ada, await mention(ada, 'please #draft', await pair()));
      expect(answer.mediaAttachments).toHaveLength(1);
      expect(answer.sensitive).toBe(sensitive);
      expect(answer.content.includes('marked it as sensitive')).toBe(sensitive);
    },
  );

  it('answers by a kind sentence and no picture when the operator has such pictures refused', async () => {
    const { ada, start } = await scene();
    await start('safety: { porn: refuse, threshold: 1e-12 }');
    const answer = await answerTo(ada, await mention(ada, 'please #draft', await pair()));
    expect(answer.mediaAttachments).toHaveLength(0);
    expect(answer.content).toContain('I could not use the photo: it looks to me');
  });

  it('answers a mention that was posted while it was down, and those before only once', async () => {
    const { ada, person, start } = await scene();
    const bot = await start();
    const before = await mention(ada, 'first', []);
    await answerTo(ada, before);
    expect(await bot.end('SIGKILL')).toBe('SIGKILL');
    const meanwhile = [];
    // More than a page; and not all by one person, who would be answered in silence after twenty.
    for (const name of ['ben', 'cleo', 'dan']) {
      const friend = await person(name);
      for (let i = 0; i < 15; i++) meanwhile.push(await mention(friend, `number ${i}`, []));
    }
    await start();
    for (const each of meanwhile) await answerTo(ada, each);
    for (const each of [before, ...meanwhile]) expect(await answersTo(ada, each)).toHaveLength(1);
  });

  it('gives one answer all the same when the render worker is killed in mid-render', async () => {
    const { ada, start } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'please #size320', await pair());
    process.kill(await midRender(bot), 'SIGKILL');
    expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
    expect(bot.output()).toContain('a render worker is lost');
    expect(await answersTo(ada, asked)).toHaveLength(1);
  });

  it('gives one answer all the same when the whole bot is killed in mid-render', async () => {
    const { ada, start } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'please #size320', await pair());
    await midRender(bot);
    await bot.end('SIGKILL');
    await start();
    expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
    const second = await mention(ada, 'and again', []);
    await answerTo(ada, second); // by now a second answer to the first would be there
    expect(await answersTo(ada, asked)).toHaveLength(1);
  });

  it('never writes its access token, not even when the server refuses it', async () => {
    const { url } = await scene();
    const folder = temporaryFolder();
    const accessToken = 'a-secret-that-no-server-knows';
    const start = startBotProcess(folder, { url, accessToken });
    const error: unknown = await start.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error('the bot started with a wrong token');
    expect(error.message).toContain('does not accept the access token');
    expect(error.message).not.toContain(accessToken);
  });
});
