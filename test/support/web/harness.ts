import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRestAPIClient, type mastodon } from 'masto';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import type { Sample } from '../../../src/collection.js';
import { thumbnailOf } from '../../../src/web/assets.js';
import { serve } from '../../../src/web/server.js';
import type { RequestStatus, StatusFeed } from '../../../src/web/status.js';
import { counterAt } from './counter.js';
import { temporaryFolder } from '../folder.js';
import { CHROMIUM, prerequisites } from '../prerequisites.js';
import { watchedSandbox } from '../watched-sandbox.js';
import { jsonField, picture, restClient } from '../sandbox.js';

export const hasChromium = prerequisites.chromium.isInstalled;

/** A feed that says what the test wants it to say. */
class ScriptedFeed implements StatusFeed {
  readonly #requests = new Map<string, RequestStatus>();
  readonly #listeners = new Set<(status: RequestStatus) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  current(): Promise<readonly RequestStatus[]> {
    return Promise.resolve([...this.#requests.values()]);
  }

  subscribe(listener: (status: RequestStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(status: RequestStatus): void {
    this.#requests.set(status.mention, status);
    for (const listener of this.#listeners) listener(status);
  }

  forget(): void {
    this.#requests.clear();
  }
}

export interface Studio {
  readonly url: string;
  readonly directory: string;
  readonly feed: ScriptedFeed;
  /** The stand-in for the bot: its account, moved by the test. */
  readonly bot: mastodon.rest.Client;
  readonly close: () => Promise<void>;
}

/** The page and its sandbox on a real server; the bot is an account that the test speaks for. */
export async function runStudio(
  options: {
    readonly directory?: string;
    readonly port?: number;
    readonly samples?: readonly Sample[];
  } = {},
): Promise<Studio> {
  const directory = options.directory ?? temporaryFolder();
  const feed = new ScriptedFeed();
  const address = { url: '' };
  const sandbox = watchedSandbox({ directory, url: () => address.url, report: console.error });
  const { accessToken } = sandbox.signIn('pentimento', { bot: true, displayName: 'Pentimento' });
  const samples = options.samples ?? (await sampleFiles(directory));
  const { app } = counterAt(directory, {
    samples: samples.filter(({ kind }) => kind === 'photo'),
    collection: samples
      .filter((sample) => sample.kind === 'painting')
      .map((sample) => ({ name: 'study', ...sample, kind: 'painting' })),
    sandbox: { bot: 'pentimento', status: feed },
  });
  const server = await serve({ sandbox, app, host: '127.0.0.1', port: options.port ?? 0 });
  address.url = server.url;
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= server.close().then(() => {
      sandbox.close();
    }));
  onTestFinished(close);
  return {
    url: server.url,
    directory,
    feed,
    bot: createRestAPIClient({ url: server.url, accessToken }),
    close,
  };
}

async function sampleFiles(directory: string): Promise<readonly Sample[]> {
  const photo = join(directory, 'photo.png');
  const painting = join(directory, 'painting.png');
  const of = async (size: number) => Buffer.from(await (await picture(size, size)).arrayBuffer());
  await writeFile(photo, await of(80));
  await writeFile(painting, await of(60));
  await mkdir(join(directory, 'thumbnails'), { recursive: true });
  for (const file of [photo, painting])
    await sharp(file).resize(20, 15).avif().toFile(thumbnailOf({ file }));
  return [
    { kind: 'photo', file: photo, title: 'A wall', alt: 'A wall in the evening sun' },
    { kind: 'painting', file: painting, title: 'A study', alt: 'A study in red' },
  ];
}

/** Somebody who speaks with the server by a program of their own. */
export async function personAt(url: string, username: string): Promise<mastodon.rest.Client> {
  const body = new URLSearchParams({ username });
  const response = await fetch(`${url}/api/v1/accounts`, { method: 'POST', body });
  return restClient(url, await jsonField(response, 'access_token'));
}

/** The bot's answer to a mention: a picture of its own. */
export async function answer(bot: mastodon.rest.Client, mention: mastodon.v1.Status, alt: string) {
  const data = await sharp({
    create: { width: 512, height: 384, channels: 3, background: '#2b5680' },
  })
    .jpeg()
    .toBuffer();
  const media = await bot.v2.media.create({
    file: new Blob([new Uint8Array(data)]),
    description: alt,
    skipPolling: true,
  });
  return bot.v1.statuses.create({
    status: `@${mention.account.acct} Here is your picture.`,
    inReplyToId: mention.id,
    mediaIds: [media.id],
    visibility: 'unlisted',
  });
}

let browser: Promise<Browser> | undefined;

/** One browser for all tests of a file. */
async function launch(): Promise<Browser> {
  browser ??= chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return browser;
}

export async function quit(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** A page in a browser profile of its own; whatever it complains about is a failure of the test. */
export async function open(
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const context = await (await launch()).newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, context, complaints };
}
