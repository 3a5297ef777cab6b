import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { createRestAPIClient, type mastodon } from 'masto';
import { z } from 'zod';
import { serve } from '../../src/web/server.js';
import { noRateLimits } from './rate-limits.js';
import { expectNone, secretsUnder } from './secrets.js';
import { Supervisor, type SupervisorOptions } from './supervisor.js';
import { watchedSandbox } from './watched-sandbox.js';

/** A server with an account of the bot's; real, with its own files. */
export interface Network {
  /** Where all files of the server, and of whoever uses it, lie. */
  readonly root: string;
  /** Where the server keeps its pictures. */
  readonly mediaFolder: string;
  /** The server itself, whatever stands before it. */
  readonly url: string;
  /** What a bot must be told to have its account there, over the settings of the test. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it, removes every trace, and complains of secrets among them, and of what else leaked. */
  readonly close: (leaks: readonly string[]) => Promise<void>;
}

export interface NetworkOptions {
  readonly name: string;
  /** The bot's, as YAML; beside them it knows that the server has no rate limits, and logs all that could tell a secret. */
  readonly settings: string;
  /** Puts something between the bot and the server; gives its address. */
  readonly front?: (url: string) => Promise<string>;
}

export async function openNetwork({ name, settings, front }: NetworkOptions): Promise<Network> {
  const root = await mkdtemp(join(tmpdir(), `pentimento-${name}-`));
  const config = join(root, 'settings.yaml');
  await writeFile(config, [settings, noRateLimits, 'logLevel: debug'].join('\n'));

  let url = '';
  const directory = join(root, 'server');
  const sandbox = watchedSandbox({ directory, url: () => url, report: console.error });
  const server = await serve({ sandbox, app: new Hono(), host: '127.0.0.1', port: 0 });
  const { accessToken } = sandbox.signIn('pentimento', { bot: true });
  url = (await front?.(server.url)) ?? server.url;
  const environment = {
    PENTIMENTO_CONFIG: config,
    PENTIMENTO_PORT: '0',
    MASTODON_URL: url,
    MASTODON_ACCESS_TOKEN: accessToken,
  };
  const close = async (leaks: readonly string[]) => {
    await server.close();
    sandbox.close();
    const all = [...leaks, ...secretsUnder(root)];
    await rm(root, { recursive: true, force: true });
    expectNone(all);
  };
  return { root, mediaFolder: join(directory, 'media'), url: server.url, environment, close };
}

/** A server, and a bot that has an account there; both real, with their own files. */
export interface Stage extends Pick<Network, 'mediaFolder' | 'url'> {
  /** The bot's data. */
  readonly folder: string;
  readonly supervisor: Supervisor;
  /** Ends both, removes every trace, and complains of secrets among them. */
  readonly close: () => Promise<void>;
}

export interface StageOptions
  extends NetworkOptions, Partial<Pick<SupervisorOptions, 'pauseMs' | 'onStart' | 'onLine'>> {}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { pauseMs, onStart, onLine } = options;
  const { root, mediaFolder, url, environment, close: closeNetwork } = await openNetwork(options);
  const folder = join(root, 'bot');
  const supervisor = new Supervisor({
    folder,
    environment,
    pauseMs: pauseMs ?? (() => 0),
    onStart: onStart ?? (() => undefined),
    onLine: onLine ?? (() => undefined),
  });
  const close = async () => {
    await supervisor.stop();
    await closeNetwork(supervisor.leaks);
  };
  return { folder, mediaFolder, url, supervisor, close };
}

const tokenSchema = z.object({ access_token: z.string() });

/** Makes an account on a sandbox's server, as its page does. */
export async function signUp(url: string, username: string): Promise<mastodon.rest.Client> {
  const response = await fetch(`${url}/api/v1/accounts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username }),
  });
  const { access_token: accessToken } = tokenSchema.parse(await response.json());
  return createRestAPIClient({ url, accessToken });
}
