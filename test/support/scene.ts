import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { mastodon } from 'masto';
import sharp from 'sharp';
import { expect, vi } from 'vitest';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import type { State } from '../../src/queue/states.js';
import { runSandbox, type Person, type RunningSandbox } from './sandbox.js';
import { quickSettings, startBotProcess, type BotProcess } from './bot-process.js';
import { pentimento, type Outcome } from './command.js';
import { doorTo, type Door } from './door.js';
import { temporaryFolder } from './folder.js';

/** For what takes a picture's time on a busy machine. */
export const patient = { timeout: 100_000, interval: 200 };

export interface Scene extends RunningSandbox {
  /** The bot's data. */
  readonly folder: string;
  /** The bot's account, reached through a door that tests can shut. */
  readonly account: { readonly url: string; readonly accessToken: string };
  readonly door: Door;
  /** With settings beyond the quick ones, as YAML. */
  readonly start: (settings?: string) => ReturnType<typeof startBotProcess>;
  /** Waits until the bot's database has a request in a state. A command would take half a second. */
  readonly untilState: (id: number, state: State) => Promise<void>;
  /** Runs a command with the bot's own settings, as its operator does. */
  readonly operator: (...args: readonly string[]) => Promise<Outcome>;
  readonly ada: Person;
}

/** A server that outlives the bot, an account for the bot there, and somebody who wants a picture. */
export async function scene(folder = temporaryFolder()): Promise<Scene> {
  const address = { url: '' };
  const sandbox = await runSandbox({ url: () => address.url });
  const { accessToken } = sandbox.sandbox.signIn('pentimento', { bot: true });
  const door = await doorTo(sandbox.url);
  address.url = door.url;
  const account = { url: door.url, accessToken };
  return {
    ...sandbox,
    folder,
    account,
    door,
    ada: await sandbox.person('ada'),
    start: (settings) => startBotProcess(folder, account, settings),
    untilState: (id, state) =>
      vi.waitFor(() => expect(stateOf(folder, id)).toBe(state), { ...patient, interval: 50 }),
    operator: (...args) => {
      const { url, accessToken } = account;
      const env = {
        ...quickSettings(folder),
        MASTODON_URL: url,
        MASTODON_ACCESS_TOKEN: accessToken,
      };
      return pentimento(args, { env });
    },
  };
}

/** The state of a request, or nothing before there is one. */
function stateOf(folder: string, id: number): unknown {
  const database = new Database(join(folder, DATABASE_FILE), { readonly: true });
  try {
    return database.prepare('SELECT state FROM requests WHERE id = ?').pluck().get(id);
  } finally {
    database.close();
  }
}

async function picture(background: string): Promise<Buffer> {
  const dots = `<svg width="160" height="120"><rect width="160" height="120" fill="${background}"/>
    <circle cx="60" cy="50" r="30" fill="white"/><rect x="90" y="70" width="50" height="30" fill="black"/></svg>`;
  return sharp(Buffer.from(dots)).png().toBuffer();
}

/** A photo and a painting. */
export async function pair(): Promise<readonly [Buffer, Buffer]> {
  return [await picture('teal'), await picture('orange')];
}

export async function mention(
  { rest }: Person,
  text: string,
  files: readonly Buffer[],
  more: Pick<
    mastodon.rest.v1.CreateStatusParams,
    'visibility' | 'spoilerText' | 'sensitive' | 'inReplyToId'
  > = {},
): Promise<mastodon.v1.Status> {
  const mediaIds = [];
  for (const [i, file] of files.entries()) {
    const blob = new Blob([new Uint8Array(file)]);
    const description = `picture ${i + 1}.`;
    // The sandbox has a picture ready at once. masto would wait a second before it looks.
    const media = await rest.v2.media.create({ file: blob, description, skipPolling: true });
    mediaIds.push(media.id);
  }
  return rest.v1.statuses.create({ status: `@pentimento ${text}`, mediaIds, ...more });
}

/** The bot's replies to a post, and to nothing below it. */
export async function answersTo(
  { rest }: Person,
  { id }: Pick<mastodon.v1.Status, 'id'>,
  bot = 'pentimento',
) {
  const { descendants } = await rest.v1.statuses.$select(id).context.fetch();
  return descendants.filter(
    ({ account, inReplyToId }) => account.username === bot && inReplyToId === id,
  );
}

/** Waits for the answer; that there is only one is asked again after whatever else the test does. */
export function answerTo(
  person: Person,
  status: Pick<mastodon.v1.Status, 'id'>,
  bot?: string,
): Promise<mastodon.v1.Status> {
  return vi.waitFor(async () => {
    const [answer] = await answersTo(person, status, bot);
    if (answer === undefined) throw new Error('no answer yet');
    return answer;
  }, patient);
}

/** Waits until a worker has painted for a while; gives its process id. */
export function midRender(bot: BotProcess): Promise<number> {
  return vi.waitFor(() => {
    const [worker] = bot.painters();
    if (worker === undefined) throw new Error('nothing is being painted yet');
    return worker;
  }, patient);
}
