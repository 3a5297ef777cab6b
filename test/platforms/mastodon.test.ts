import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/log.js';
import { connectMastodon } from '../../src/platforms/mastodon/platform.js';
import type { Cursor, Mention, Platform } from '../../src/platforms/port.js';
import { runSandbox, type Person, type RunningSandbox } from '../sandbox/harness.js';
import { doorTo } from '../support/door.js';
import { temporaryFolder } from '../support/folder.js';

const patient = { timeout: 15_000, interval: 20 };

interface Connected extends RunningSandbox {
  readonly platform: Platform;
  readonly cursor: Cursor & { value: string | undefined };
  readonly ada: Person;
  readonly reconnect: () => Promise<Platform>;
}

async function connected(): Promise<Connected> {
  const sandbox = await runSandbox();
  const { accessToken } = sandbox.sandbox.signIn('pentimento', { bot: true });
  const cursor = {
    value: undefined as string | undefined,
    get: () => cursor.value,
    set: (position: string) => void (cursor.value = position),
  };
  const log = createLog('silent');
  const reconnect = () =>
    connectMastodon({ name: 'here', url: sandbox.url, accessToken, cursor, log });
  return {
    ...sandbox,
    platform: await reconnect(),
    cursor,
    ada: await sandbox.person('ada'),
    reconnect,
  };
}

/** Listens until the end of the test, or until stopped; what is heard is in `heard`, repeats included. */
function listen(platform: Platform) {
  const heard: Mention[] = [];
  const controller = new AbortController();
  const done = platform.listen((mention) => heard.push(mention), controller.signal);
  const stop = async () => {
    controller.abort();
    await done;
  };
  onTestFinished(stop);
  return { heard, stop };
}

const say = ({ rest }: Person, text: string, more = {}) =>
  rest.v1.statuses.create({ status: `@pentimento ${text}`, ...more });

describe('listening on Mastodon', () => {
  it('hears a mention as it is posted, as plain text with its pictures', async () => {
    const { platform, ada } = await connected();
    const { heard } = listen(platform);
    const file = new Blob([new Uint8Array(await gray())]);
    const { id } = await ada.rest.v2.media.create({ file, description: 'gray' });
    const { id: statusId } = await say(ada, 'look & see\n\n#strength80', { mediaIds: [id] });
    await vi.waitFor(() => expect(heard).not.toHaveLength(0), patient);
    expect(heard[0]).toMatchObject({
      id: statusId,
      author: { handle: 'ada' },
      attachments: [{ kind: 'picture', description: 'gray' }],
      visibility: 'public',
      spoiler: '',
    });
    expect(heard[0]?.text).toMatch(/^@pentimento look & see\n+#strength80$/);
  });

  it('hears everything that was said while nobody listened, oldest first, over many pages', async () => {
    const { platform, ada, cursor, reconnect } = await connected();
    await say(ada, 'before');
    const first = listen(platform);
    await vi.waitFor(() => expect(cursor.value).toBeDefined(), patient);
    await first.stop();
    const ids: string[] = [];
    for (let i = 0; i < 90; i++) ids.push((await say(ada, `number ${i}`)).id);
    const { heard } = listen(await reconnect());
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(ids), patient);
  });

  it('does not hear itself, other bots, or favorites', async () => {
    const { platform, ada, sandbox, url, person } = await connected();
    const { accessToken } = sandbox.signIn('parrot', { bot: true });
    const { heard } = listen(platform);
    const parrot = await fetch(`${url}/api/v1/statuses`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ status: '@pentimento hello' }),
    });
    expect(parrot.status).toBe(200);
    const { id } = await say(ada, 'hello');
    const ours = await platform.reply(mentionBy('ada', id), { text: '@pentimento hello' }, 'key');
    await (await person('ben')).rest.v1.statuses.$select(ours).favourite();
    await say(ada, 'last');
    await vi.waitFor(() => expect(heard.at(-1)?.text).toContain('last'), patient);
    expect(new Set(heard.map(({ author }) => author.handle))).toEqual(new Set(['ada']));
  });

  it('comes back after the server was away, and hears what it missed', async () => {
    // A door in front of the sandbox that can be shut; the sandbox says that it is there, so the stream goes through it.
    const address = { url: '' };
    const { url, sandbox, person } = await runSandbox({ url: () => address.url });
    const door = await doorTo(url);
    address.url = door.url;
    const { accessToken } = sandbox.signIn('pentimento', { bot: true });
    const ada = await person('ada');
    const cursor: Cursor = { get: () => undefined, set: () => undefined };
    const platform = await connectMastodon({
      name: 'here',
      url: door.url,
      accessToken,
      cursor,
      log: createLog('silent'),
    });
    const { heard } = listen(platform);
    await say(ada, 'one');
    await vi.waitFor(
      () => expect(heard.map(({ text }) => text)).toContain('@pentimento one'),
      patient,
    );
    door.shut();
    await say(ada, 'two');
    door.open();
    await vi.waitFor(
      () => expect(heard.map(({ text }) => text)).toContain('@pentimento two'),
      patient,
    );
  });
});

describe('replying on Mastodon', () => {
  it('posts in the thread with the picture and its alt text, to the person alone', async () => {
    const { platform, ada } = await connected();
    const { id } = await say(ada, 'please @somebody');
    const file = join(temporaryFolder(), 'painted.jpg');
    await sharp(await gray())
      .jpeg()
      .toFile(file);
    const reply = { text: 'Here it is.', picture: { file, description: 'A gray thing.' } };
    const replyId = await platform.reply(mentionBy('ada', id), reply, 'key');
    const posted = await ada.rest.v1.statuses.$select(replyId).fetch();
    expect(posted).toMatchObject({ inReplyToId: id, visibility: 'unlisted' });
    expect(posted.content).toContain('Here it is.');
    expect(posted.mentions.map(({ username }) => username)).toEqual(['ada']);
    expect(posted.mediaAttachments[0]?.description).toBe('A gray thing.');
    expect(await platform.findReply(mentionBy('ada', id))).toBe(replyId);
  });

  it('posts once for one key, and finds no reply where there is none of ours', async () => {
    const { platform, ada, person } = await connected();
    const { id } = await say(ada, 'please');
    const ben = await person('ben');
    await ben.rest.v1.statuses.create({ status: '@ada me too', inReplyToId: id });
    expect(await platform.findReply(mentionBy('ada', id))).toBeUndefined();
    const twice = [1, 2].map(() =>
      platform.reply(mentionBy('ada', id), { text: 'Hello.' }, 'same'),
    );
    const [first, second] = await Promise.all(twice);
    expect(second).toBe(first);
  });

  it.each(['public', 'unlisted', 'private', 'direct'] as const)(
    'answers a %s post no more widely',
    async (visibility) => {
      const { platform, ada } = await connected();
      const { id } = await say(ada, 'please', { visibility });
      const mention = { ...mentionBy('ada', id), visibility };
      const replyId = await platform.reply(mention, { text: 'Hello.' }, 'key');
      const posted = await ada.rest.v1.statuses.$select(replyId).fetch();
      expect(posted.visibility).toBe(visibility === 'public' ? 'unlisted' : visibility);
    },
  );

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])(
    'marks its picture as sensitive if the mention was (%s) or the answer is (%s)',
    async (asked, answered) => {
      const { platform, ada } = await connected();
      const { id } = await say(ada, 'please');
      const mention = { ...mentionBy('ada', id), sensitive: asked };
      const file = join(temporaryFolder(), 'painted.png');
      await writeFile(file, await gray());
      const reply = {
        text: 'Here.',
        picture: { file, description: 'Gray.' },
        sensitive: answered,
      };
      const replyId = await platform.reply(mention, reply, 'key');
      const posted = await ada.rest.v1.statuses.$select(replyId).fetch();
      expect(posted.sensitive).toBe(asked || answered);
    },
  );

  it('is refused when the post is gone', async () => {
    const { platform, ada } = await connected();
    const { id } = await say(ada, 'never mind');
    await ada.rest.v1.statuses.$select(id).remove();
    const reply = platform.reply(mentionBy('ada', id), { text: 'Hello.' }, 'key');
    await expect(reply).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('what servers answer becomes a failure of the right kind', () => {
  const json = { 'Content-Type': 'application/json' };
  it.each<[string, number, Record<string, string>, string, object]>([
    ['a revoked token', 401, json, '{"error":"revoked"}', { kind: 'fatal' }],
    ['a refusal', 403, json, '{"error":"no"}', { kind: 'refused' }],
    [
      'a rate limit with its end',
      429,
      { ...json, 'X-RateLimit-Reset': '2031-05-06T07:08:09.000Z' },
      '{"error":"slow down"}',
      { kind: 'later', retryAt: new Date('2031-05-06T07:08:09Z') },
    ],
    ['an error of the server', 500, json, '{"error":"oh"}', { kind: 'unreachable' }],
    [
      'a proxy’s page',
      502,
      { 'Content-Type': 'text/html' },
      '<h1>Bad</h1>',
      { kind: 'unreachable' },
    ],
    [
      'a page in place of an answer',
      200,
      { 'Content-Type': 'text/html' },
      '<h1>Hi</h1>',
      { kind: 'unreachable' },
    ],
    ['an answer of another kind', 200, json, '{"hello":"world"}', { kind: 'unreachable' }],
  ])('%s', async (_, status, headers, body, failure) => {
    const url = await httpServer((_request, response) =>
      response.writeHead(status, headers).end(body),
    );
    const secret = 'a-secret-token';
    const connecting = connectMastodon({
      name: 'here',
      url,
      accessToken: secret,
      cursor: { get: () => undefined, set: () => undefined },
      log: createLog('silent'),
    });
    const error: unknown = await connecting.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(failure);
    expect(String(error)).not.toContain(secret);
  });
});

function mentionBy(handle: string, id: string): Mention {
  return {
    id,
    author: { id: '1', handle },
    text: '',
    attachments: [],
    visibility: 'public',
    sensitive: false,
    spoiler: '',
    language: null,
  };
}

function gray(): Promise<Buffer> {
  const create = { width: 64, height: 48, channels: 3 as const, background: '#808080' };
  return sharp({ create }).png().toBuffer();
}

async function httpServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
