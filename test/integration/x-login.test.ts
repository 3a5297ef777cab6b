import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { vaultOf } from '../../src/accounts/book.js';
import { accountFile } from '../../src/accounts/file.js';
import { XClient } from '../../src/platforms/x/client.js';
import { somebody } from '../support/platforms/x-network.js';
import { quickSettings, startBotProcess } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';
import { patient } from '../support/scene.js';
import { xSettings } from '../support/x-account.js';
import { FakeX } from '../x/server.js';

/** Somebody who opens the page that is named, lets the bot in, and brings what they get there. */
function personWho(username: string) {
  return (said: string): Promise<string> | undefined => {
    const [page] = /http\S+\/authorize\?\S+/.exec(said) ?? [];
    return page === undefined || !said.includes('press Enter') ? undefined : letIn(page, username);
  };
}

async function letIn(page: string, username: string): Promise<string> {
  const body = new URLSearchParams({ username });
  const response = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  const sentTo = response.headers.get('location');
  const [, pin] = /<code>(\d+)<\/code>/.exec(await response.text()) ?? [];
  const brought = sentTo ?? pin;
  if (brought === undefined) throw new Error('the page gave nothing');
  return `${brought}\n`;
}

async function operator() {
  const x = await new FakeX().open();
  onTestFinished(() => x.close());
  const folder = temporaryFolder();
  const { app } = x.door;
  const env = {
    ...quickSettings(folder, xSettings(x)),
    X_APP_KEY: app.key,
    X_APP_SECRET: app.secret,
    X_CLIENT_ID: app.clientId,
    X_CLIENT_SECRET: app.clientSecret,
  };
  const login = (args: readonly string[] = [], typed = personWho('easel')) =>
    pentimento(['login', 'x', ...args], { env, typed });
  return { x, folder, env, login, file: join(folder, 'accounts.json') };
}

describe('pentimento login x', () => {
  it.each([
    ['OAuth 1.0a and a PIN', []],
    ['OAuth 2.0 and PKCE', ['--oauth2']],
  ])(
    'gives the bot an account by %s, says what it costs, and the bot answers as it',
    async (_, args) => {
      const { x, folder, login, file } = await operator();
      const { code, out, err } = await login(args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('Signed in as easel@x.com, which may read and write.');
      expect(out).toMatch(/\$\d+\.\d\d to +\$\d+\.\d\d {2}painted, by two pictures in the mention/);
      expect(out).toMatch(/a day costs at most about\s\$\d+\.\d\d\./);
      expect(statSync(file).mode & 0o777).toBe(0o600);

      const bot = await startBotProcess(folder, { url: '', accessToken: '' }, xSettings(x));
      const ada = somebody(x, x.world.user('ada'));
      const asked = await ada.post('@easel hello');
      await vi.waitFor(
        () =>
          expect(x.world.list(({ inReplyTo }) => inReplyTo?.id === asked)).toMatchObject([
            { text: expect.stringContaining('two pictures') as string },
          ]),
        patient,
      );
      expect(await bot.end('SIGTERM')).toBe(0);
    },
  );

  it('with a wrong PIN, or an address that is not the answer to its question, says so and keeps nothing', async () => {
    const { login, file } = await operator();
    const bring = (what: string) => (said: string) =>
      said.includes('press Enter') ? Promise.resolve(`${what}\n`) : undefined;
    const pin = await login([], bring('1234567'));
    expect(pin).toMatchObject({
      code: 1,
      err: expect.stringContaining('X does not take this PIN') as string,
    });
    const elsewhere = await login(['--oauth2'], bring('http://127.0.0.1/?state=other&code=123'));
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain('not the address that X has just sent the browser to');
    const refused = bring('http://127.0.0.1/?error=access_denied&state=any');
    expect((await login(['--oauth2'], refused)).err).toContain('the bot was not let in');
    expect(existsSync(file)).toBe(false);
  });

  it('with wrong keys says which to look at, and with X away that it is not the keys', async () => {
    const { x, env, login, file } = await operator();
    const wrong = { ...env, X_APP_SECRET: 'that-of-another', X_CLIENT_SECRET: 'that-of-another' };
    const typed = personWho('easel');
    const keys = await pentimento(['login', 'x'], { env: wrong, typed });
    expect(keys).toMatchObject({
      code: 1,
      err: expect.stringMatching(/X does not take the keys: X_APP_KEY and X_APP_SECRET/) as string,
    });
    const client = await pentimento(['login', 'x', '--oauth2'], { env: wrong, typed });
    expect(client).toMatchObject({
      code: 1,
      err: expect.stringMatching(/does not know the application.* X_CLIENT_SECRET/) as string,
    });
    x.close();
    const away = await login();
    expect(away).toMatchObject({
      code: 1,
      err: expect.stringContaining('try again later') as string,
    });
    expect(away.err).not.toContain('X_APP_KEY');
    expect(existsSync(file)).toBe(false);
  });

  it('to an application that may only read says what to change', async () => {
    const { x, login, file } = await operator();
    x.door.app.level = 'read';
    const { code, err } = await login();
    expect(code).toBe(1);
    expect(err).toContain('"Read and write"');
    expect(existsSync(file)).toBe(false);
  });

  it('to an application that X gives less than was asked for says what is missing', async () => {
    const { login, file } = await operator();
    const { code, err } = await login(['--oauth2'], (said) => {
      const less = said.replace('tweet.write%20', '');
      return personWho('easel')(less);
    });
    expect(code).toBe(1);
    expect(err).toContain('X has not given the bot tweet.write; set the application to');
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    [['login', 'x', 'x.com'], 'X has only one server'],
    [['login', 'mastodon'], 'say on which server'],
    [['login', 'mastodon', 'mastodon.example', '--oauth2'], '--oauth2 is for X'],
  ])('%j is wrong usage', async (args, reason) => {
    const { env } = await operator();
    const { code, err } = await pentimento(args, { env });
    expect(code).toBe(2);
    expect(err).toContain(reason);
  });

  it('without keys says where they come from', async () => {
    const { env } = await operator();
    const bare = { ...env, X_APP_KEY: '', X_CLIENT_ID: '' };
    expect((await pentimento(['login', 'x'], { env: bare })).err).toContain('X_APP_KEY');
    expect((await pentimento(['login', 'x', '--oauth2'], { env: bare })).err).toContain(
      'X_CLIENT_ID',
    );
  });
});

describe('pentimento logout', () => {
  it.each([[[]], [['--oauth2']]])('gives the access to X back (%j)', async (args) => {
    const { x, folder, env, login } = await operator();
    await login(args);
    const [account] = (await accountFile(folder).read()).x;
    if (account === undefined) throw new Error('nothing was kept');
    const { code, out } = await pentimento(['logout'], { env });
    expect(code).toBe(0);
    expect(out).toContain('Signed out of easel@x.com');
    expect((await accountFile(folder).read()).x).toEqual([]);
    const client = new XClient(x.url, {
      credentials: () => account.credentials,
      renewed: () => Promise.resolve(account.credentials),
    });
    await expect(client.ask('asking', ({ v2 }) => v2.get('users/me'))).rejects.toMatchObject({
      kind: 'fatal',
    });
  });
});

describe('an access token of OAuth 2.0', () => {
  it('is renewed when it is about to run out, once for all processes, and what comes of it is kept before it is used', async () => {
    const { x, folder, login, file } = await operator();
    x.door.bearerMs = 60_000; // less than what is renewed ahead of time
    await login(['--oauth2']);
    x.door.bearerMs = 2 * 60 * 60_000;
    const [account] = (await accountFile(folder).read()).x;
    if (account === undefined) throw new Error('nothing was kept');
    const me = (client: XClient) => client.ask('asking', ({ v2 }) => v2.get('users/me'));
    const clients = [1, 2, 3].map(() => new XClient(x.url, vaultOf(accountFile(folder), account)));
    await Promise.all(clients.map(me));
    expect(x.asked.filter((request) => request === 'POST /2/oauth2/token')).toHaveLength(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(account.credentials.accessToken);
    // As after a restart: with what was kept.
    const [kept] = (await accountFile(folder).read()).x;
    if (kept) await me(new XClient(x.url, vaultOf(accountFile(folder), kept)));
    expect(x.asked.filter((request) => request === 'POST /2/oauth2/token')).toHaveLength(2);
  });

  it('that X has ended before its time is renewed, too; and if that fails, it is the end', async () => {
    const { x, folder, login } = await operator();
    x.door.bearerMs = 500;
    await login(['--oauth2']);
    const [account] = (await accountFile(folder).read()).x;
    if (account?.credentials.method !== 'oauth2') throw new Error('nothing was kept');
    // It seems to hold for long.
    const credentials = { ...account.credentials, expiresAt: Date.now() + 1e9 };
    await vi.waitFor(async () => {
      const stale = new XClient(x.url, {
        credentials: () => credentials,
        renewed: () => Promise.resolve(credentials),
      });
      await expect(stale.ask('asking', ({ v2 }) => v2.get('users/me'))).rejects.toMatchObject({
        kind: 'fatal',
      });
    }, patient);
    x.door.bearerMs = 60 * 60_000;
    const vault = { ...vaultOf(accountFile(folder), account), credentials: () => credentials };
    await new XClient(x.url, vault).ask('asking', ({ v2 }) => v2.get('users/me'));
    x.door.revokeAll(x.world.user('easel'));
    const [kept] = (await accountFile(folder).read()).x;
    const over = new XClient(x.url, vaultOf(accountFile(folder), kept ?? account));
    const asking = () => over.ask('asking', ({ v2 }) => v2.get('users/me'));
    await expect(asking()).rejects.toMatchObject({ kind: 'fatal' });
    const before = x.asked.length;
    await expect(asking()).rejects.toMatchObject({ kind: 'fatal' });
    expect(x.asked, 'X is not asked again').toHaveLength(before);
  });
});
