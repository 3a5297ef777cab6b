import Database from 'better-sqlite3';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import { somebody } from '../support/platforms/x-network.js';
import { quickSettings, startBotProcess } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { answerTo, answersTo, mention, patient, scene } from '../support/scene.js';
import { signedInToX, xSettings } from '../support/x-account.js';
import { FakeX, type FakeXOptions } from '../x/server.js';
import type { Post } from '../x/world.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

/** A bot with an account on Mastodon and one on X. */
async function both(options: FakeXOptions = {}) {
  const mastodon = await scene();
  const { folder, account } = mastodon;
  const x = await new FakeX(options).open();
  onTestFinished(() => x.close());
  signedInToX(x, folder);
  const self = x.world.user('pentimento');
  const settings = [
    'render: { size: 64 }',
    'queue: { leaseSeconds: 2, weights: { ada@x.com: 2 } }',
    xSettings(x, 500),
  ].join('\n');
  const { url, accessToken } = account;
  const env = {
    ...quickSettings(folder, settings),
    MASTODON_URL: url,
    MASTODON_ACCESS_TOKEN: accessToken,
  };
  return {
    ...mastodon,
    x,
    start: () => startBotProcess(folder, account, settings),
    operator: (...args: readonly string[]) => pentimento(args, { env }),
    answersOnX: (id: string): readonly Post[] =>
      x.world.list((post) => post.author === self && post.inReplyTo?.id === id),
  };
}

async function pictures(): Promise<readonly [Buffer, Buffer]> {
  const plain = (background: string) =>
    sharp({ create: { width: 64, height: 24, channels: 3, background } })
      .png()
      .toBuffer();
  return [await plain('teal'), await plain('orange')];
}

const onX = (both: readonly Buffer[]) =>
  both.map((data, i) => ({ data, description: `picture ${i + 1}.` }));

it('one bot paints for Mastodon and X in one fair line, in which the same shares count, and each has limits of its own', async () => {
  const { ada: ben, folder, x, start, operator, answersOnX } = await both();
  const asked = { x: [] as string[], mastodon: [] as { id: string }[] };
  const answered = () => asked.x.flatMap((id) => answersOnX(id));
  // Two posts, and then X wants to be left alone until Mastodon has all of its own.
  let isMastodonServed = false;
  x.fault = (endpoint) =>
    endpoint === 'post' && answered().length >= 2 && !isMastodonServed ? 'rate limit' : undefined;
  const bot = await start();
  expect(bot.output()).toContain('pentimento@x.com');
  await operator('queue', 'pause');
  const show = await pictures();
  // Of one size, so that all cost the same.
  const ada = somebody(x, x.world.user('ada'));
  for (let i = 0; i < 4; i++) {
    asked.mastodon.push(await mention(ben, `please #draft #seed ${i}`, show));
    asked.x.push(await ada.post(`@pentimento please #draft #seed ${i}`, { pictures: onX(show) }));
  }
  const line = () => {
    const database = new Database(join(folder, DATABASE_FILE), { readonly: true });
    const sql = `SELECT substr(platform, 1, 1) FROM requests WHERE state = 'queued' ORDER BY start_tag, id`;
    const networks = database.prepare<[], string>(sql).pluck().all();
    database.close();
    return networks.join('');
  };
  await vi.waitFor(() => expect(line()).toHaveLength(8), patient);
  // By their start tags, in units of a picture: Ada, whose share is twice as large, at 0, ½, 1, 1½; Ben at 0, 1, 2, 3.
  expect(line()).toMatch(/^(mx|xm)x(mx|xm)xmm$/);
  await operator('queue', 'resume');

  for (const { id } of asked.mastodon) await answerTo(ben, { id });
  expect(
    answered().length,
    'X has had its two and waits, and Mastodon does not',
  ).toBeLessThanOrEqual(2);
  isMastodonServed = true;
  await vi.waitFor(() => expect(answered()).toHaveLength(4), patient);
  for (const post of answered()) {
    expect(post.text).toContain('strength 50');
    expect(post.media[0]?.altText).toContain('repainted in the style of a painting (picture 2)');
  }
  for (const { id } of asked.mastodon) expect(await answersTo(ben, { id })).toHaveLength(1);

  const { out } = await operator('stats');
  const [, reads] = /reads today +(\d+) of 500, by x:pentimento@x\.com/.exec(out) ?? [];
  expect(Number(reads)).toBeGreaterThanOrEqual(x.bill.reads);
  const [, url = ''] = /"url":"(http[^"]+)","msg":"health/.exec(bot.output()) ?? [];
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(
    new RegExp(`^pentimento_reads_today\\{platform="x:pentimento@x\\.com"\\} ${reads ?? ''}$`, 'm'),
  );
  expect(metrics).toContain('pentimento_reads_limit 500');
});

it('answers go out on Mastodon while X leaves the bot waiting', async () => {
  const { ada: ben, folder, x, start, answersOnX } = await both();
  let goOn: () => void = () => undefined;
  let asked = 0;
  const patience = new Promise<undefined>((resolve) => (goOn = () => resolve(undefined)));
  x.fault = (endpoint) => (endpoint === 'post' ? (asked++, patience) : undefined);
  await start();
  const onX = await somebody(x, x.world.user('ada')).post('@pentimento hello');
  await vi.waitFor(() => expect(asked).toBe(1), patient);
  const onMastodon = await mention(ben, 'hello', []);
  await answerTo(ben, onMastodon);
  const database = new Database(join(folder, DATABASE_FILE), { readonly: true });
  const sql = `SELECT state, lease_token IS NOT NULL AS isBeingPosted FROM requests WHERE platform LIKE 'x:%'`;
  const there = database.prepare(sql).all();
  database.close();
  expect(there).toEqual([{ state: 'answering', isBeingPosted: 1 }]);
  goOn();
  await vi.waitFor(() => expect(answersOnX(onX)).toHaveLength(1), patient);
  expect(await answersTo(ben, onMastodon)).toHaveLength(1);
});

it('a conversation on X: help that fits, pictures of the post above, other settings under an answer, and #delete', async () => {
  const { x, start, answersOnX, operator } = await both();
  await start();
  const ada = somebody(x, x.world.user('ada'));
  const answerOnX = (id: string) =>
    vi.waitFor(() => {
      const [answer] = answersOnX(id);
      if (answer === undefined) throw new Error('no answer yet');
      return answer;
    }, patient);

  const help = await answerOnX(await ada.post('@pentimento #help'));
  expect(help.text).toMatch(
    /^@ada Mention me with .*#scale .*#delete\. #help and a hashtag tells more\.$/,
  );

  const [boat, waves] = await pictures();
  const photo = await ada.post('my boat', { pictures: onX([boat]) });
  const under = await ada.post('@pentimento like this?', {
    pictures: onX([waves]),
    inReplyTo: photo,
  });
  const first = await answerOnX(under);
  expect(first.text).toContain('strength 50');

  const again = await ada.post('@pentimento #strength80', { inReplyTo: first.id });
  const second = await answerOnX(again);
  expect(second.text).toContain('strength 80');

  await ada.post('@pentimento #delete', { inReplyTo: second.id });
  await vi.waitFor(() => expect(answersOnX(again)).toEqual([]), patient);
  expect(answersOnX(under)).toHaveLength(1);

  // Four mentions, of which one took a look at the post above.
  expect(x.bill.count('ownedRead')).toBe(4);
  expect(x.bill.count('post')).toBe(1);
  expect((await operator('doctor')).out).toMatch(/account: .*pentimento@x\.com/);
});
