import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { createSandbox } from '../../src/sandbox/sandbox.js';
import { serve } from '../../src/web/server.js';
import { Crowd } from './crowd.js';
import { Dice } from './dice.js';
import { FaultSource } from './faults.js';
import { Killer } from './killer.js';
import { FaultyProxy } from './proxy.js';
import { Supervisor } from './supervisor.js';

/** A server, what stands before it, a bot that is signed in there, people, and who wants the bot dead. */
export interface Scene {
  readonly seed: number;
  /** The bot's data. */
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly crowd: Crowd;
  readonly faults: FaultSource;
  readonly killer: Killer;
  /** Ends everything and removes every trace. */
  readonly close: () => Promise<void>;
}

/** Tiny pictures; work that a dead process left behind is taken up at once; and nobody asks too much. */
const settings = `
render: { size: 64 }
queue: { leaseSeconds: 1, maxWaiting: 100000, maxWaitingPerPerson: 100000, maxPerPersonAndDay: 100000 }
`;

export async function openScene(seed: number): Promise<Scene> {
  const root = await mkdtemp(join(tmpdir(), 'pentimento-chaos-'));
  const folder = join(root, 'bot');
  const config = join(root, 'settings.yaml');
  await writeFile(config, settings);

  let url = '';
  const directory = join(root, 'server');
  const sandbox = createSandbox({ directory, url: () => url, report: console.error });
  const server = await serve({ sandbox, app: new Hono(), host: '127.0.0.1', port: 0 });
  const { accessToken } = sandbox.signIn('pentimento', { bot: true });

  const faults = new FaultSource(seed);
  const dice = new Dice(seed, 'pauses');
  const killer = new Killer(() => supervisor, seed);
  const proxy = new FaultyProxy({
    target: server.url,
    faults,
    seed,
    onStep: (place, step) => killer.onStep(place, step),
  });
  url = await proxy.open();
  const supervisor = new Supervisor({
    folder,
    environment: {
      PENTIMENTO_CONFIG: config,
      MASTODON_URL: url,
      MASTODON_ACCESS_TOKEN: accessToken,
    },
    pauseMs: () => dice.between(0, 500),
    onStart: () => killer.onStart(),
    onLine: ({ msg }) => killer.onLine(msg),
  });
  const crowd = await Crowd.at(server.url, { mediaFolder: join(directory, 'media'), seed });

  const close = async () => {
    await supervisor.stop();
    proxy.close();
    await server.close();
    sandbox.close();
    await rm(root, { recursive: true, force: true });
  };
  return { seed, folder, supervisor, crowd, faults, killer, close };
}
