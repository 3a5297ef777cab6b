import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRestAPIClient, type mastodon } from 'masto';
import { housePaintings, samplePhotos } from '../collection.js';
import { loadConfig } from '../config.js';
import { createLog } from '../log.js';
import { BOT } from '../front.js';
import { startBot } from '../start.js';
import { showProgress } from './progress.js';

/** Long enough for the slowest machine that anyone would try this on. */
const PATIENCE_MS = 15 * 60_000;

/**
 * `pentimento demo`: the whole way of a mention on this machine. Starts the sandbox and the bot in a temporary folder,
 * mentions the bot with two pictures over HTTP as any client would, and shows its answer.
 */
export async function demoCommand(signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  // The environment's account is not touched: a demonstration must not post anywhere. Nor is its database, nor its store of pictures,
  // where a bot that is new would tidy away all that it does not know.
  const { mastodon: _account, ...config } = loadConfig();
  const log = createLog(process.env.PENTIMENTO_LOG_LEVEL ? config.logLevel : 'warn');
  const folder = await mkdtemp(join(tmpdir(), 'pentimento-demo-'));
  try {
    const { sandbox, done } = await startBot(
      {
        ...config,
        dataFolder: folder,
        database: {},
        pictures: { ...config.pictures, store: 'files' },
        web: { ...config.web, host: '127.0.0.1', port: 0 },
      },
      log,
      stopped,
    );
    if (sandbox === undefined) throw new Error('the sandbox did not start');
    const progress = showProgress();
    sandbox.feed.subscribe((status) => {
      if (status.state === 'painting') progress.update(status.progress);
    });
    try {
      const answer = await Promise.race([
        ask(sandbox.url, stopped),
        done.then(() => Promise.reject(new Error('the bot stopped before it answered'))),
      ]);
      progress.stop();
      await show(answer);
    } finally {
      progress.stop();
      stop.abort();
      await done;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Signs in as a visitor, mentions the bot with a photo and a painting, and waits for the answer. */
async function ask(url: string, signal: AbortSignal): Promise<mastodon.v1.Status> {
  const [photo] = samplePhotos();
  const [painting] = housePaintings();
  if (photo === undefined || painting === undefined)
    throw new Error('the sample pictures are gone');

  const client = createRestAPIClient({ url, accessToken: await signIn(url, 'visitor') });
  const upload = async ({ file, alt }: typeof photo) =>
    client.v2.media.create({
      file: await openAsBlob(file),
      description: alt,
      // The sandbox has a picture ready at once. masto would wait a second before it looks.
      skipPolling: true,
    });
  const mediaIds = [(await upload(photo)).id, (await upload(painting)).id];
  const text = `@${BOT} “${photo.title}” in the style of “${painting.title}”, please! #strength60`;
  console.log(`A visitor writes: ${text}`);
  const mention = await client.v1.statuses.create({ status: text, mediaIds });

  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const { descendants } = await client.v1.statuses.$select(mention.id).context.fetch();
    const answer = descendants.find(({ account }) => account.username === BOT);
    if (answer !== undefined) return answer;
    await sleep(300, undefined, { signal });
  }
  throw new Error(`the bot did not answer within ${PATIENCE_MS / 60_000} minutes`);
}

async function signIn(url: string, username: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/accounts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`the sandbox did not let ${username} in`);
  return token;
}

/** Prints an answer and saves its picture in the current folder, where it outlives the demonstration. */
async function show(answer: mastodon.v1.Status): Promise<void> {
  const text = answer.content.replace(/<[^>]*>/g, '');
  const [picture] = answer.mediaAttachments;
  if (picture?.url === undefined || picture.url === null)
    throw new Error(`the bot answered without a picture: ${text}`);
  const file = resolve('output', 'demo.jpg');
  await mkdir('output', { recursive: true });
  const response = await fetch(picture.url);
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  console.log(`The bot answers:  ${text}`);
  console.log(`Alt text:         ${picture.description ?? ''}`);
  console.log(`Picture:          ${file}`);
}
