import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restClient, runSandbox } from '../support/sandbox.js';
import { letIn } from '../support/browser.js';
import { startBotProcess } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';
import { answerTo } from '../support/scene.js';

/** Somebody who reads the address of the page, opens it, lets the bot in as this account, and copies the code. */
function personWho(username: string) {
  return (said: string): Promise<string> | undefined => {
    const [page] = /http\S+\/oauth\/authorize\S+/.exec(said) ?? [];
    return page === undefined || !said.includes('press Enter') ? undefined : type(page, username);
  };
}

async function type(page: string, username: string): Promise<string> {
  expect(await (await fetch(page)).text()).toContain('Pentimento wants to act for you');
  return `\n  ${await letIn(page, username)} \n`;
}

async function operator() {
  const folder = temporaryFolder();
  const sandbox = await runSandbox();
  const env = { PENTIMENTO_DATA: folder, MASTODON_URL: '', MASTODON_ACCESS_TOKEN: '' };
  const file = join(folder, 'accounts.json');
  const address = `easel@${new URL(sandbox.url).host}`;
  const login = (username: string) =>
    pentimento(['login', 'mastodon', sandbox.url], { env, typed: personWho(username) });
  return { ...sandbox, folder, env, file, address, login };
}

describe('pentimento login', () => {
  it('gives the bot an account by a code that a person copies; then the bot answers as it', async () => {
    const { folder, file, address, login, person } = await operator();
    const { code, out, err } = await login('easel');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Signed in as ${address}.`);

    const { mode } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    const ada = await person('ada');
    expect(await ada.rest.v1.accounts.lookup({ acct: 'easel' })).toMatchObject({ bot: true });

    const bot = await startBotProcess(folder, { url: '', accessToken: '' });
    const asked = await ada.rest.v1.statuses.create({ status: '@easel hello' });
    const { content } = await answerTo(ada, asked, 'easel');
    expect(content).toContain('two pictures');
    expect(await bot.end('SIGTERM')).toBe(0);
  });

  it('asks for nothing that the bot does not need', async () => {
    const { env, url } = await operator();
    const { out } = await pentimento(['login', 'mastodon', url], { env });
    const scope = new URL(/http\S+\/oauth\/authorize\S+/.exec(out)?.[0] ?? '').searchParams.get(
      'scope',
    );
    expect(scope?.split(' ')).toEqual([
      'read:accounts',
      'read:notifications',
      'read:statuses',
      'write:accounts',
      'write:favourites',
      'write:media',
      'write:statuses',
    ]);
  });

  it('with a wrong code says so and keeps nothing', async () => {
    const { env, url, file } = await operator();
    const { code, err } = await pentimento(['login', 'mastodon', url], {
      env,
      typed: (said) => (said.includes('press Enter') ? Promise.resolve('a guess\n') : undefined),
    });
    expect(code).toBe(1);
    expect(err).toContain('The code is not valid');
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    [['login', 'mastodon', 'not a server'], 2, '"not a server" is not the address of a server'],
    [['login', 'mastodon', 'http://127.0.0.1:1'], 1, 'is that reachable? (registering'],
    [['login', 'mastodon', 'ftp://files.example'], 2, 'is not the address of a server'],
    [['login', 'myspace', 'tom.example'], 2, 'mastodon'],
    [['logout'], 2, 'no account is signed in'],
  ])('%j ends with %i and says why', async (args, status, reason) => {
    const { env } = await operator();
    const { code, err } = await pentimento(args, { env });
    expect(code).toBe(status);
    expect(err).toContain(reason);
  });
});

describe('pentimento logout', () => {
  it('gives the token back and forgets it, and leaves other accounts alone', async () => {
    const { url, env, file, address, login } = await operator();
    await login('easel');
    await login('brush');
    const tokens = [...readFileSync(file, 'utf8').matchAll(/"accessToken": "(.*)"/g)].map(
      ([, token]) => token ?? '',
    );
    expect(tokens).toHaveLength(2);

    const vague = await pentimento(['logout'], { env });
    expect(vague).toMatchObject({ code: 2, err: expect.stringContaining(address) as string });
    const { code, out } = await pentimento(['logout', address], { env });
    expect(code).toBe(0);
    expect(out).toContain(`Signed out of ${address}`);

    expect(readFileSync(file, 'utf8')).not.toContain(tokens[0]);
    const [gone, kept] = tokens.map((token) => restClient(url, token).v1.accounts);
    await expect(gone?.verifyCredentials()).rejects.toMatchObject({ statusCode: 401 });
    await expect(kept?.verifyCredentials()).resolves.toMatchObject({ username: 'brush' });
  });
});

it('an account that is signed in in two ways is refused, for it would answer twice', async () => {
  const { env, url, file, login } = await operator();
  await login('easel');
  const [, accessToken = ''] = /"accessToken": "(.*)"/.exec(readFileSync(file, 'utf8')) ?? [];
  const { code, err } = await pentimento(['bot'], {
    env: { ...env, MASTODON_URL: url, MASTODON_ACCESS_TOKEN: accessToken, PENTIMENTO_PORT: '0' },
  });
  expect(code).toBe(1);
  expect(err).toContain('is signed in twice');
  expect(err).not.toContain(accessToken);
});
