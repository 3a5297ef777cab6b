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

/** A server, and a bot that has an account there; both real, with their own files. */
export interface Stage {
  /** The bot's data. */
  readonly folder: string;
  /** Where the server keeps its pictures. */
  readonly mediaFolder: string;
  /** The server itself, whatever stands before it. */
  readonly url: string;
  readonly supervisor: Supervisor;
  /** Ends both, removes every trace, and complains of secrets among them. */
  readonly close: () => Promise<void>;
}

export interface StageOptions extends Partial<
  Pick<SupervisorOptions, 'pauseMs' | 'onStart' | 'onLine'>
> {
  readonly name: string;
  /** The bot's, as YAML; beside them it knows that the server has no rate limits, and logs all that could tell a secret. */
  readonly settings: string;
  /** Puts something between the bot and the server; gives its address. */
  readonly front?: (url: string) => Promise<string>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { name, settings, front, pauseMs, onStart, onLine } = options;
  const root = await mkdtemp(join(tmpdir(), `pentimento-${name}-`));
  const folder = join(root, 'bot');
  const config = join(root, 'settings.yaml');
  await writeFile(config, [settings, noRateLimits, 'logLevel: debug'].join('\n'));

  let url = '';
  const directory = join(root, 'server');
  const sandbox = watchedSandbox({ directory, url: () => url, report: console.error });
  const server = await serve({ sandbox, app: new Hono(), host: '127.0.0.1', port: 0 });
  const { accessToken } = sandbox.signIn('pentimento', { bot: true });
  url = (await front?.(server.url)) ?? server.url;
  const supervisor = new Supervisor({
    folder,
    environment: {
      PENTIMENTO_CONFIG: config,
      PENTIMENTO_PORT: '0',
      MASTODON_URL: url,
      MASTODON_ACCESS_TOKEN: accessToken,
    },
    pauseMs: pauseMs ?? (() => 0),
    onStart: onStart ?? (() => undefined),
    onLine: onLine ?? (() => undefined),
  });
  const close = async () => {
    await supervisor.stop();
    await server.close();
    sandbox.close();
    const leaks = [...supervisor.leaks, ...secretsUnder(root)];
    await rm(root, { recursive: true, force: true });
    expectNone(leaks);
  };
  return { folder, mediaFolder: join(directory, 'media'), url: server.url, supervisor, close };
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
