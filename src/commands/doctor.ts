import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { loadConfig, type Config } from '../config.js';
import { absenceOf, deviceProblem, openProven } from '../graph/devices.js';
import { devices, type Device } from '../graph/executor.js';
import { hideSoftwareGpus } from '../graph/gpus.js';
import { speedOf } from '../graph/speed.js';
import { createLog } from '../log.js';
import { loadRecipe, manifestOf, networkNames, networkState } from '../networks/shelf.js';
import { accountsOf, connected, openServer, signIn } from '../open.js';
import { freeBytes } from '../queue/disk.js';
import { QueueLedger } from '../queue/ledger.js';
import type { Database } from '../queue/sql.js';
import { FolderTaken, LOCK_FILE, lockFolder } from '../queue/lock.js';
import { reasonOf } from '../reason.js';
import { objectiveGraph } from '../style/objective.js';
import { checkPictures } from './doctor-pictures.js';
import { withSqlite } from './open.js';
import { checkQueue, withAnyQueue } from './doctor-queue.js';

/** What one may do without is not there. */
class Absent extends Error {
  override readonly name = 'Absent';
}

/**
 * What a check found out; when something is wrong it throws, and says what to do about it, or that something is Absent.
 */
type Check = (config: Config) => Promise<string> | string;

interface Named {
  readonly name: string;
  readonly check: Check;
  /** Without a data folder there is nothing to find out. */
  readonly isInFolder?: boolean;
}

const checks: readonly Named[] = [
  { name: 'data folder', check: checkFolder },
  { name: 'queue', check: checkQueue, isInFolder: true },
  { name: 'pictures', check: checkPictures, isInFolder: true },
  { name: 'bot', check: checkBot, isInFolder: true },
  { name: 'account', check: checkAccounts },
  { name: 'network', check: checkNetwork },
  ...devices.map((device) => ({
    name: `device ${device}`,
    check: (config: Config) => checkDevice(device, config),
  })),
];

/** `pentimento doctor`: looks at everything that the bot needs and says what is wrong and what to do. */
export async function doctorCommand(): Promise<void> {
  const config = loadConfig();
  console.log('ok       configuration: it can be read');
  const broken: Check[] = [];
  for (const { name, check, isInFolder = false } of checks) {
    if (isInFolder && broken.includes(checkFolder)) {
      console.log(`skipped  ${name}: it takes the data folder`);
      continue;
    }
    try {
      console.log(`ok       ${name}: ${await check(config)}`);
    } catch (error) {
      if (error instanceof Absent) {
        console.log(`absent   ${name}: ${error.message}`);
        continue;
      }
      broken.push(check);
      console.log(`PROBLEM  ${name}: ${reasonOf(error)}`);
    }
  }
  const { length } = broken;
  if (length > 0)
    throw new Error(
      `the bot cannot run like this: ${length === 1 ? 'one problem' : `${length} problems`}`,
    );
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
    await rm(probe, { force: true }).catch(() => undefined); // a full disk may take the name and not the words
    throw new Error(
      `${dataFolder} cannot be used (${reasonOf(error)}); see to that, or choose another folder with PENTIMENTO_DATA`,
      { cause: error },
    );
  }
  const bytes = await freeBytes(dataFolder);
  const free = `${(bytes / 1e9).toFixed(1)} GB free`;
  if (bytes < COMFORTABLE_BYTES)
    throw new Error(`only ${free} on the disk of ${dataFolder}; make room, 1 GB at least`);
  return `${dataFolder} can be written to, ${free}`;
}

/** Of several processes on one database it is about the one that has this data folder, and whichever it is. */
async function checkBot({ dataFolder, web, database }: Config): Promise<string> {
  const isAlone = database.url === undefined;
  try {
    lockFolder(join(dataFolder, LOCK_FILE))();
  } catch (error) {
    if (error instanceof FolderTaken)
      return isAlone ? 'it is running' : `a process of it works in ${dataFolder}`;
    throw error;
  }
  const server = await openServer({ web }, new Hono());
  await server.close();
  const none = isAlone ? 'it is not running' : `no process of it works in ${dataFolder}`;
  return `${none}; ${web.host}:${web.port} is free for it`;
}

async function checkAccounts(config: Config): Promise<string> {
  const accounts = await accountsOf(config);
  if (accounts.length === 0)
    return config.database.url === undefined
      ? 'none is configured, so the bot will make a sandbox'
      : 'none is configured, so only its page and API can be asked';
  const cursor = () => ({ get: () => Promise.resolve(undefined), set: () => Promise.resolve() });
  const log = createLog('silent');
  // Signing in is a read on X, and counts as one.
  const signInAt = (database: Database) => {
    const ledger = (name: string) => new QueueLedger(database, name);
    return Promise.allSettled(
      accounts.map((account) => signIn(connected(account, config, { cursor, ledger }, log))),
    );
  };
  const results = await withAnyQueue(config, (database) =>
    database === undefined ? withSqlite(':memory:', signInAt) : signInAt(database),
  );
  const lines = results.map((result) =>
    result.status === 'fulfilled'
      ? `the server accepts ${result.value}`
      : (result.reason as Error).message,
  );
  if (results.some(({ status }) => status === 'rejected')) throw new Error(lines.join('; '));
  return lines.join(', ');
}

async function checkNetwork({ render, models }: Config): Promise<string> {
  const { network } = await loadRecipe(render.network, models.folder);
  for (const name of await networkNames(models.folder))
    if ((await networkState(await manifestOf(name, models.folder), models.folder)) === 'damaged')
      throw new Error(
        `the file of ${name} is damaged; fetch it anew with: pentimento models pull ${name}`,
      );
  return `${network.name} has been read, ${network.layers.size} layers`;
}

/** Of the picture on which a device's speed is measured: a second's work where it is slow. */
const SPEED_SIZE = { width: 128, height: 128 };

async function checkDevice(device: Device, { render, models }: Config): Promise<string> {
  const isWanted = render.device === device;
  const absence = absenceOf(device);
  if (absence !== undefined && !isWanted) throw new Absent(absence);
  if (render.device !== 'webgpu') hideSoftwareGpus();
  try {
    const executor = await openProven(device);
    const graph = objectiveGraph(await loadRecipe(render.network, models.folder), SPEED_SIZE);
    return `${executor.name}, ${rounded(await speedOf(executor, graph))} GFLOP/s`;
  } catch (error) {
    if (!isWanted) throw new Absent(deviceProblem(error));
    throw new Error(
      `${absence ?? deviceProblem(error)}; the bot computes on the CPU until render.device is another`,
      { cause: error },
    );
  }
}

/** To two digits, and never as a power of ten. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
