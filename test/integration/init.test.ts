import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';
import { programFile } from '../support/program.js';

/** No account of a developer's own, and settings of nobody else's. */
function place() {
  const folder = temporaryFolder();
  const settings = join(folder, 'config', 'local.yaml');
  const env = {
    PENTIMENTO_CONFIG: settings,
    PENTIMENTO_DATA: '',
    PENTIMENTO_HOST: '',
    PENTIMENTO_PORT: '',
    MASTODON_URL: '',
    MASTODON_ACCESS_TOKEN: '',
    X_APP_KEY: '',
    X_APP_SECRET: '',
  };
  const dotenv = join(folder, '.env');
  const init = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    pentimento(['init', ...args], { folder, env: { ...env, ...more } });
  const written = () => parse(readFileSync(settings, 'utf8')) as unknown;
  /** What a command in this folder finds in .env: the lines that are no comment. */
  const variables = () =>
    readFileSync(dotenv, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  return { folder, settings, dotenv, env, init, written, variables };
}

/**
 * Runs it at a terminal, a real one that `script` makes, and types each answer when its question stands there.
 * Control-D and Control-C are letters of a terminal, too.
 */
async function atTerminal(
  { folder, env }: ReturnType<typeof place>,
  answers: readonly (readonly [question: string, answer: string])[],
  args: readonly string[] = [],
) {
  const cli = [process.execPath, ...programFile('cli')].join(' ');
  const child = spawn(
    'script',
    ['--quiet', '--return', '--command', `${cli} init ${args.join(' ')}`, '/dev/null'],
    {
      cwd: folder,
      env: { ...process.env, ...env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill());
  let screen = '';
  let [seen, next] = [0, 0];
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    for (;;) {
      const [question, answer] = answers[next] ?? [];
      if (question === undefined || answer === undefined) return;
      const at = screen.indexOf(question, seen);
      // The prompt ends in a space; before that it is not ready to be answered.
      if (at < 0 || !/[?\]:.)] $/.test(plain(screen.slice(at)))) return;
      seen = screen.length;
      next += 1;
      child.stdin.write(answer);
    }
  });
  await once(child, 'close');
  return { code: child.exitCode, screen: plain(screen), asked: next };
}

/** Without what moves the cursor. */
function plain(screen: string): string {
  // eslint-disable-next-line no-control-regex -- that is what it looks for
  return screen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
}

const ENTER = '\r';

describe('pentimento init without a terminal', () => {
  it('writes settings as usual for a sandbox, which only their owner may read, and says what comes next', async () => {
    const here = place();
    const { code, out, err } = await here.init([]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Written: config/local.yaml and .env

Next:
  npx pentimento doctor
  npx pentimento bot

Then open http://127.0.0.1:8080 in a browser.
docs/hosting.md tells how to keep it running.
`);
    for (const file of [here.settings, here.dotenv])
      expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(here.variables()).toEqual([]);
    const ofDefaults = loadConfig({});
    const config = loadConfig(here.env);
    expect(config.web).toEqual(ofDefaults.web);
    if (totalmem() > 5e9) expect(config.render).toEqual(ofDefaults.render);
    // Nothing half-written lies about.
    expect(readdirSync(here.folder).sort()).toEqual(['.env', 'config']);
  });

  it('takes every answer as an option', async () => {
    const here = place();
    const { code, out } = await here.init([
      ...['--platform', 'mastodon', '--server', 'Mastodon.example', '--share', 'little'],
      ...['--data', '/srv/pictures', '--address', '[::1]:9000'],
    ]);
    expect(code).toBe(0);
    expect(out).toContain('\n  npx pentimento login mastodon mastodon.example\n');
    expect(here.written()).toEqual({
      dataFolder: '/srv/pictures',
      web: { host: '::1', port: 9000 },
      render: { size: 384, maxSize: 512, maxMegabytes: 1500 },
    });
  });

  it.each([
    ['[::1]:9000', 'http://[::1]:9000'],
    ['0.0.0.0:9000', 'http://127.0.0.1:9000'],
  ])('says where to go if the page is at %s', async (address, url) => {
    const { out } = await place().init(['--address', address]);
    expect(out).toContain(`Then open ${url} in a browser.`);
  });

  it('keeps a token of the environment in .env, for that server alone, and shows it nobody', async () => {
    const token = "a-token#with'marks";
    const args = ['--platform', 'mastodon', '--server', 'mastodon.example'];
    const here = place();
    const { out } = await here.init(args, { MASTODON_ACCESS_TOKEN: token });
    expect(out).not.toContain(token);
    expect(out).not.toContain('login');
    expect(here.variables()).toEqual([
      'MASTODON_URL=https://mastodon.example',
      `MASTODON_ACCESS_TOKEN="${token}"`,
    ]);
    expect(readFileSync(here.settings, 'utf8')).not.toContain(token);
    // As Node reads it.
    const { out: read } = await nodeReads(here.folder);
    expect(read).toBe(token);

    const elsewhere = place();
    const another = { MASTODON_ACCESS_TOKEN: token, MASTODON_URL: 'https://another.example' };
    await elsewhere.init(args, another);
    expect(elsewhere.variables()).toEqual([]);
  });

  it.each([
    [['--platform', 'myspace'], 'It takes one of sandbox, mastodon, x.'],
    [['--platform', 'mastodon'], 'say on which server (--server)'],
    [['--platform', 'mastodon', '--server', 'no server'], '"no server" is not the address'],
    [['--server', 'mastodon.example'], '--server is for Mastodon'],
    [['--share', 'everything'], 'It takes one of little, usual, much.'],
    [['--address', 'here'], 'as in 127.0.0.1:8080'],
    [['--address', '127.0.0.1:80800'], 'as in 127.0.0.1:8080'],
    [['--data', ''], 'It takes the name of a folder.'],
  ])('%j is wrong usage, and nothing is written', async (args, sentence) => {
    const here = place();
    const { code, err } = await here.init(args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(readdirSync(here.folder)).toEqual([]);
  });

  it('never replaces what is there, unless it is told to', async () => {
    const here = place();
    writeFileSync(here.dotenv, 'X_APP_KEY=kept\n');
    const { code, err } = await here.init(['--yes']);
    expect(code).toBe(2);
    expect(err).toContain('.env is there already; --force replaces what is there');
    expect(readFileSync(here.dotenv, 'utf8')).toBe('X_APP_KEY=kept\n');
    expect(existsSync(here.settings)).toBe(false);
    expect(await here.init(['--yes', '--force'])).toMatchObject({ code: 0 });
    expect(existsSync(here.settings)).toBe(true);
  });
});

// Other systems have a `script` that takes other options.
describe.skipIf(process.platform !== 'linux')('pentimento init at a terminal', () => {
  it('asks, repeats what it could not use, and writes what was answered', async () => {
    const here = place();
    const { code, screen, asked } = await atTerminal(here, [
      ['Where do people mention the bot?', `twitter${ENTER}`],
      ['Where do people mention the bot?', `mastodon${ENTER}`],
      ['On which server', ENTER],
      ['On which server', `mastodon.example${ENTER}`],
      ['A token of the account', ENTER],
      ['How much of this machine', `much${ENTER}`],
      ['Where shall the database', `pictures${ENTER}`],
      ['At which address', `9001${ENTER}`],
    ]);
    expect({ code, asked, screen }).toMatchObject({ code: 0, asked: 8 });
    expect(screen).toContain('It takes one of sandbox, mastodon, x.');
    expect(screen).toContain('npx pentimento login mastodon mastodon.example');
    expect(here.written()).toEqual({
      dataFolder: 'pictures',
      web: { host: '127.0.0.1', port: 9001 },
      render: { size: 768, maxSize: 2048, maxMegabytes: 4096 },
    });
  });

  it('does not show the keys that are typed, and takes what no answer was given to as usual', async () => {
    const here = place();
    const { code, screen, asked } = await atTerminal(here, [
      ['Where do people mention the bot?', `x${ENTER}`],
      ['The key of your application', `the-application-key${ENTER}`],
      ['And its secret?', `two words${ENTER}`],
      ['And its secret?', `the-application-secret${ENTER}`],
      ['How much of this machine', ENTER],
      ['Where shall the database', ENTER],
      ['At which address', ENTER],
    ]);
    expect({ code, asked, screen }).toMatchObject({ code: 0, asked: 7 });
    expect(screen).not.toMatch(/application-(key|secret)|two words/);
    expect(screen).toContain('a key has no spaces and no line breaks');
    expect(here.variables()).toEqual([
      'X_APP_KEY=the-application-key',
      'X_APP_SECRET=the-application-secret',
    ]);
    expect(here.written()).toMatchObject({ dataFolder: 'data' });
  });

  it('asks before it replaces anything, and takes no for an answer', async () => {
    const here = place();
    writeFileSync(here.dotenv, '# mine\n');
    const no = await atTerminal(here, [['.env is there already. Replace?', ENTER]]);
    expect(no).toMatchObject({ code: 0, asked: 1 });
    expect(no.screen).toContain('Nothing was changed.');
    expect(readFileSync(here.dotenv, 'utf8')).toBe('# mine\n');
    const yes = await atTerminal(here, [
      ['.env is there already. Replace?', `yes${ENTER}`],
      ['Where do people mention the bot?', ENTER],
      ['How much of this machine', ENTER],
      ['Where shall the database', ENTER],
      ['At which address', ENTER],
    ]);
    expect(yes).toMatchObject({ code: 0, asked: 5 });
    expect(readFileSync(here.dotenv, 'utf8')).not.toBe('# mine\n');
  });

  it.each([
    ['Control-C', '\u0003', 130, 'interrupted'],
    ['Control-D', '\u0004', 1, 'nothing was written, for not all was answered'],
  ])('ended by %s it writes nothing', async (_, letter, status, sentence) => {
    const here = place();
    const { code, screen } = await atTerminal(here, [
      ['Where do people mention the bot?', `sandbox${ENTER}`],
      ['How much of this machine', letter],
    ]);
    expect({ code, screen }).toMatchObject({
      code: status,
      screen: expect.stringContaining(sentence) as unknown,
    });
    expect(readdirSync(here.folder)).toEqual([]);
  });
});

async function nodeReads(folder: string): Promise<{ readonly out: string }> {
  const code = 'process.loadEnvFile(); process.stdout.write(process.env.MASTODON_ACCESS_TOKEN)';
  const child = spawn(process.execPath, ['-e', code], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return { out };
}
