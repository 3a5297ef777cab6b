import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRestAPIClient, type mastodon } from 'masto';
import { Agent } from 'undici';
import { vi } from 'vitest';
import { z } from 'zod';
import { freePort } from './free-port.js';
import { SNAC2 } from './prerequisites.js';
import { beginSignIn, type MastodonAccount } from '../../src/platforms/mastodon/sign-in.js';

export interface Snac2 {
  readonly url: string;
  /** The bot's account, signed in to as an operator does. */
  readonly bot: MastodonAccount;
  /** @param name ada or ben */
  readonly person: (name: string) => Promise<mastodon.rest.Client>;
  /** @param name parrot */
  readonly robot: (name: string) => Promise<mastodon.rest.Client>;
  /** Waits until the bot is told of a post, which takes its seconds. */
  readonly delivered: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * It ends connections without a word, now and then under the next request, so every request of ours gets a connection of
 * its own, which is what 0 means to undici.
 */
const dispatcher: unknown = new Agent({ pipelining: 0 });
const requestInit: RequestInit = {
  dispatcher: dispatcher as NonNullable<RequestInit['dispatcher']>,
};

/** A snac2 of its own on a free port. */
export async function runSnac2(): Promise<Snac2> {
  const root = mkdtempSync(join(tmpdir(), 'pentimento-snac2-'));
  const folder = join(root, 'snac');
  const port = await freePort();
  const answers = ['127.0.0.1', String(port), `127.0.0.1:${port}`, '', ''];
  execFileSync(SNAC2, ['init', folder], { input: `${answers.join('\n')}\n`, stdio: 'pipe' });
  const settings = join(folder, 'server.json');
  const written = z.looseObject({}).parse(JSON.parse(readFileSync(settings, 'utf8')));
  writeFileSync(settings, JSON.stringify({ ...written, protocol: 'http' }));

  const passwords = new Map(
    ['pentimento', 'parrot', 'ada', 'ben'].map((name) => [name, addUser(folder, name)]),
  );
  const server = spawn(SNAC2, ['httpd', folder], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(url), { timeout: 10_000, interval: 50 });
  const signIn = async (name: string): Promise<MastodonAccount> => {
    const { page, finish } = await beginSignIn(url);
    // Signing in asks as the program does.
    const code = await vi.waitFor(() => codeFor(page, name, passwords.get(name) ?? ''));
    return finish(code);
  };
  /** Signed in to as a bot is, which marks the account as one. */
  const robot = async (name: string) =>
    createRestAPIClient({ url, accessToken: (await signIn(name)).accessToken, requestInit });
  const bot = await signIn('pentimento');
  const { accessToken } = bot;
  const { notifications } = createRestAPIClient({ url, accessToken, requestInit }).v1;
  const close = async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(root, { recursive: true });
  };
  return {
    url,
    close,
    bot,
    delivered: (id) =>
      vi.waitFor(
        async () => {
          const told = await notifications.list({ limit: 40 });
          if (!told.some(({ status }) => status?.id === id)) throw new Error('not told yet');
        },
        { timeout: 30_000, interval: 100 },
      ),
    robot,
    person: async (name) => {
      const rest = await robot(name);
      await rest.v1.accounts.updateCredentials({ bot: false });
      return rest;
    },
  };
}

/** Gives the password that snac2 makes up. */
function addUser(folder: string, name: string): string {
  const said = execFileSync(SNAC2, ['adduser', folder, name], { input: '\n', stdio: 'pipe' });
  return /User password is (\S+)/.exec(said.toString())?.[1] ?? '';
}

/** What somebody does in a browser: signs in on the page and reads the code. */
async function codeFor(page: string, login: string, passwd: string): Promise<string> {
  const { origin, searchParams } = new URL(page);
  const response = await fetch(`${origin}/oauth/x-snac-login`, {
    method: 'POST',
    body: new URLSearchParams({
      login,
      passwd,
      redir: searchParams.get('redirect_uri') ?? '',
      cid: searchParams.get('client_id') ?? '',
      state: '',
    }),
  });
  const text = await response.text();
  const code = /\b[0-9a-f]{32}\b/.exec(text)?.[0];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  return code;
}
