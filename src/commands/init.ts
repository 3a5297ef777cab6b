import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig, settingsFile, type Config } from '../config.js';
import { projectRoot } from '../paths.js';
import { accessTokenSchema } from '../platforms/mastodon/sign-in.js';
import { keySchema } from '../platforms/x/credentials.js';
import { writePrivately } from '../private-file.js';
import { reachable } from '../web/loopback.js';
import { conversation, type Conversation, type Reader } from './ask.js';
import { UsageError } from './errors.js';
import { originOf } from './login.js';
import { platforms, shares, type PlatformName, type Share } from './setup.js';

/** Memory per size of picture: src/render/fits.ts. */
const painting: Readonly<
  Record<Share, Pick<Config['render'], 'size' | 'maxSize' | 'maxMegabytes'>>
> = {
  little: { size: 384, maxSize: 512, maxMegabytes: 1500 },
  usual: { size: 512, maxSize: 768, maxMegabytes: 4096 },
  much: { size: 768, maxSize: 2048, maxMegabytes: 4096 },
};

/** With less, a painter at the usual ceiling would leave nothing for the bot and the system. */
const USUAL_BYTES = 5e9;

/** What the command line says, as it says it. */
export interface InitOptions {
  readonly platform?: string;
  readonly server?: string;
  readonly share?: string;
  readonly data?: string;
  readonly address?: string;
  readonly yes?: true;
  readonly force?: true;
}

interface Choices {
  readonly platform: PlatformName;
  /** On Mastodon. */
  readonly server: string | undefined;
  readonly share: Share;
  readonly dataFolder: string;
  readonly web: { readonly host: string; readonly port: number };
  /** By the variables that they are read from. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** `pentimento init`: asks a few questions, or none without a terminal, writes the settings and says what comes next. */
export async function initCommand(options: InitOptions, signal: AbortSignal): Promise<void> {
  const files = { settings: settingsFile(), env: resolve('.env') };
  const isAsking = !options.yes && process.stdin.isTTY && process.stdout.isTTY;
  const talk = isAsking ? conversation(signal) : undefined;
  try {
    if (!(await mayWrite(Object.values(files), options, talk))) {
      console.log('Nothing was changed.');
      return;
    }
    const choices = await choose(options, talk);
    await mkdir(dirname(files.settings), { recursive: true });
    await writePrivately(files.settings, settingsOf(choices));
    await writePrivately(files.env, environmentOf(choices.secrets));
    // As the bot will see it: what the environment says otherwise counts more.
    const config = loadConfig({ ...process.env, ...choices.secrets });
    console.log(farewell(choices, config, Object.values(files)));
  } finally {
    talk?.close();
  }
}

/** Whether what is there may be replaced. @throws UsageError if there is nobody to ask */
async function mayWrite(
  files: readonly string[],
  { force = false }: { readonly force?: boolean },
  talk: Conversation | undefined,
): Promise<boolean> {
  const there = files.filter((file) => existsSync(file)).map(shown);
  if (force || there.length === 0) return true;
  const what = `${there.join(' and ')} ${there.length > 1 ? 'are' : 'is'} there already`;
  if (talk === undefined) throw new UsageError(`${what}; --force replaces what is there`);
  return talk.ask(`${what}. Replace? yes or no`, 'no', (answer) => {
    if (/^y(es)?$/i.test(answer)) return true;
    if (/^no?$/i.test(answer)) return false;
    throw new UsageError('Please say yes or no.');
  });
}

async function choose(options: InitOptions, talk: Conversation | undefined): Promise<Choices> {
  const ask = async <T>(
    given: string | undefined,
    question: string,
    byDefault: string | undefined,
    read: Reader<T>,
  ): Promise<T> => {
    if (given !== undefined) return read(given);
    return talk === undefined ? read(byDefault ?? '') : talk.ask(question, byDefault, read);
  };
  const platform = await ask(
    options.platform,
    `Where do people mention the bot? ${platforms.join(', ')} (a sandbox on this machine needs no account)`,
    'sandbox',
    oneOf(platforms),
  );
  if (options.server !== undefined && platform !== 'mastodon')
    throw new UsageError('--server is for Mastodon');
  const server =
    platform === 'mastodon'
      ? await ask(options.server, 'On which server, as in mastodon.example?', undefined, readServer)
      : undefined;
  const secrets = await secretsFor(platform, server, talk);
  const share = await ask(
    options.share,
    `How much of this machine is for painting? ${shares.map(tellShare).join(', ')}`,
    totalmem() < USUAL_BYTES ? 'little' : 'usual',
    oneOf(shares),
  );
  const dataFolder = await ask(
    options.data,
    'Where shall the database and the pictures lie?',
    'data',
    (answer) => {
      if (answer === '') throw new UsageError('It takes the name of a folder.');
      return answer;
    },
  );
  const page = platform === 'sandbox' ? 'its web page be' : 'it tell of its health';
  const web = await ask(
    options.address,
    `At which address shall ${page}?`,
    '127.0.0.1:8080',
    readAddress,
  );
  return { platform, server, share, dataFolder, web, secrets };
}

/** Those that the environment (or .env) has already are kept; others are asked for, and may be left out. */
async function secretsFor(
  platform: PlatformName,
  server: string | undefined,
  talk: Conversation | undefined,
): Promise<Readonly<Record<string, string>>> {
  const secret = async (variable: string, question: string, schema: typeof keySchema) => {
    const known = process.env[variable] ?? '';
    if (known !== '' || talk === undefined) return known;
    return talk.askSecret(question, (answer) => {
      const { error } = schema.safeParse(answer);
      if (answer === '' || error === undefined) return answer;
      throw new UsageError(error.issues[0]?.message ?? 'It cannot be that.');
    });
  };
  if (platform === 'mastodon' && server !== undefined) {
    const { MASTODON_URL: url = '' } = process.env;
    // A token is never sent to another server than that which it is for.
    if (url !== '' && originOf(url) !== server) return {};
    const token = await secret(
      'MASTODON_ACCESS_TOKEN',
      'A token of the account, if you have one? (Nothing: you sign in afterward.)',
      accessTokenSchema,
    );
    return token === '' ? {} : { MASTODON_URL: server, MASTODON_ACCESS_TOKEN: token };
  }
  if (platform === 'x') {
    const key = await secret('X_APP_KEY', 'The key of your application at X?', keySchema);
    const appSecret = await secret('X_APP_SECRET', 'And its secret?', keySchema);
    return {
      ...(key !== '' && { X_APP_KEY: key }),
      ...(appSecret !== '' && { X_APP_SECRET: appSecret }),
    };
  }
  return {};
}

function oneOf<T extends string>(choices: readonly T[]): Reader<T> {
  return (answer) => {
    const found = choices.find((choice) => choice === answer.toLowerCase());
    if (found === undefined) throw new UsageError(`It takes one of ${choices.join(', ')}.`);
    return found;
  };
}

function readServer(answer: string): string {
  if (answer === '') throw new UsageError('say on which server (--server), as in mastodon.example');
  return originOf(answer);
}

/** 127.0.0.1:8080, [::1]:8080, or the port alone. */
function readAddress(answer: string): Choices['web'] {
  const [, host, port] = /^(?:\[?([^[\]]+)\]?:)?(\d{1,5})$/.exec(answer) ?? [];
  if (port === undefined || Number(port) > 65535)
    throw new UsageError('It takes an address and a port, as in 127.0.0.1:8080.');
  return { host: host ?? '127.0.0.1', port: Number(port) };
}

function tellShare(share: Share): string {
  const { maxSize, maxMegabytes } = painting[share];
  return `${share} (pictures up to ${maxSize} pixels, ${(maxMegabytes / 1000).toFixed(1)} GB)`;
}

function settingsOf({ share, dataFolder, web }: Choices): string {
  const settings = { dataFolder, web, render: painting[share] };
  return `# Written by "pentimento init". config/default.yaml has all other settings, and explains each.\n${stringify(settings)}`;
}

/** .env.example with these lines filled in. */
function environmentOf(secrets: Choices['secrets']): string {
  const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
  return Object.entries(secrets).reduce(
    (text, [variable, value]) =>
      text.replace(new RegExp(`^#${variable}=.*$`, 'm'), () => `${variable}=${quoted(value)}`),
    example,
  );
}

/** What Node would take for something else, a comment say, stands in quotes that are not in it. */
function quoted(value: string): string {
  if (/^[\w.:/+=-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark));
  if (quote === undefined) throw new UsageError('no file can hold a secret with all three quotes');
  return `${quote}${value}${quote}`;
}

function farewell(
  { platform, server, secrets }: Choices,
  { web }: Config,
  files: readonly string[],
): string {
  const isIn = 'MASTODON_ACCESS_TOKEN' in secrets;
  const login = {
    sandbox: [],
    mastodon: isIn ? [] : [`pentimento login mastodon ${server?.replace('https://', '') ?? ''}`],
    x: ['pentimento login x'],
  }[platform];
  const steps = [...login, 'pentimento doctor', 'pentimento bot'].map((step) => `  npx ${step}`);
  const page =
    platform === 'sandbox'
      ? `\nThen open http://${reachable(web.host)}:${web.port} in a browser.`
      : '';
  return `Written: ${files.map(shown).join(' and ')}

Next:
${steps.join('\n')}
${page}
docs/hosting.md tells how to keep it running.`;
}

/** As one would type it here. */
function shown(file: string): string {
  const path = relative('.', file);
  return path.startsWith('..') ? file : path;
}
