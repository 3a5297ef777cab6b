import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config.js';
import { input, scale } from '../graph/operations.js';
import { onnxExecutor } from '../graph/onnx/executor.js';
import { createLog } from '../log.js';
import { loadRecipe } from '../networks/recipe.js';
import { connectMastodon } from '../platforms/mastodon/platform.js';
import { DATABASE_FILE, openDatabase } from '../queue/database.js';
import { LOCK_FILE, lockFolder } from '../queue/lock.js';

/** What a check found out; when something is wrong it throws, and says what to do about it. */
type Check = (config: Config) => Promise<string> | string;

const checks: Readonly<Record<string, Check>> = {
  'data folder': checkFolder,
  queue: checkQueue,
  bot: checkBot,
  account: checkAccount,
  network: checkNetwork,
  device: checkDevice,
};

/** `pentimento doctor`: looks at everything that the bot needs and says what is wrong and what to do. */
export async function doctorCommand(): Promise<void> {
  const config = loadConfig();
  console.log('ok       configuration: it can be read');
  let problems = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      console.log(`ok       ${name}: ${await check(config)}`);
    } catch (error) {
      problems++;
      console.log(`PROBLEM  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems > 0) throw new Error(problems === 1 ? 'one problem' : `${problems} problems`);
}

/** A month of pictures of a busy bot. */
const COMFORTABLE_BYTES = 1e9;

async function checkFolder({ dataFolder }: Config): Promise<string> {
  const probe = join(dataFolder, 'doctor.tmp');
  try {
    await mkdir(dataFolder, { recursive: true });
    await writeFile(probe, 'a probe');
    await rm(probe);
  } catch (error) {
    throw new Error(`${dataFolder} cannot be written to; choose another one with PENTIMENTO_DATA`, {
      cause: error,
    });
  }
  const { bavail, bsize } = await statfs(dataFolder);
  const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
  if (bavail * bsize < COMFORTABLE_BYTES)
    throw new Error(`only ${free} on the disk of ${dataFolder}; make room, 1 GB at least`);
  return `${dataFolder} can be written to, ${free}`;
}

function checkQueue({ dataFolder }: Config): string {
  const database = openDatabase(join(dataFolder, DATABASE_FILE));
  try {
    const [verdict] = database.pragma('quick_check(1)') as readonly { quick_check: string }[];
    if (verdict?.quick_check !== 'ok')
      throw new Error(
        'the database is damaged; stop the bot and bring back a backup (see "pentimento backup")',
      );
    return 'the database is sound';
  } finally {
    database.close();
  }
}

async function checkBot({ dataFolder, mastodon, web }: Config): Promise<string> {
  try {
    lockFolder(join(dataFolder, LOCK_FILE))();
  } catch {
    return 'it is running';
  }
  if (mastodon !== undefined) return 'it is not running';
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(
          `nothing can listen at ${web.host}:${web.port} (${error.message}); choose another port with PENTIMENTO_PORT`,
        ),
      ),
    );
    server.listen(web.port, web.host, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  return `it is not running; ${web.host}:${web.port} is free for it`;
}

async function checkAccount({ mastodon }: Config): Promise<string> {
  if (mastodon === undefined) return 'none is configured, so the bot will make a sandbox';
  const cursor = { get: () => undefined, set: () => undefined };
  await connectMastodon({ name: 'doctor', ...mastodon, cursor, log: createLog('silent') });
  return `${mastodon.url} accepts the token`;
}

async function checkNetwork(): Promise<string> {
  const { network } = await loadRecipe();
  return `${network.name} has been read, ${network.layers.size} layers`;
}

async function checkDevice(): Promise<string> {
  const executor = onnxExecutor();
  const program = await executor.compile({ doubled: scale(input('x', [1]), 2) });
  const { doubled } = await program.run({ x: Float32Array.of(21) });
  await program.release();
  if (doubled[0] !== 42)
    throw new Error(`${executor.name} cannot calculate; reinstall with npm ci`);
  return executor.name;
}
