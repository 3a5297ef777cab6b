import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config.js';
import {
  chosenNetwork,
  isDownload,
  manifestOf,
  networkNames,
  networkState,
  UnknownNetwork,
  type NetworkState,
} from '../networks/shelf.js';
import { addressOf, adopt, pull } from '../networks/pull.js';
import type { Manifest } from '../networks/recipe.js';
import type { Download } from '../networks/source.js';
import { removeWeights, weightsFile } from '../networks/weights-file.js';
import { FolderTaken, lockFolder, type Unlock } from '../queue/lock.js';
import { reasonOf } from '../reason.js';
import { UsageError } from './errors.js';
import { showProgress } from './progress.js';

/** `pentimento models list`: a line for each network, and which one paints. */
export async function modelsList(): Promise<void> {
  const { models, render } = loadConfig();
  for (const name of await networkNames(models.folder)) {
    try {
      const manifest = await manifestOf(name, models.folder);
      const state = await networkState(manifest, models.folder);
      console.log(lineFor(manifest, state));
    } catch (error) {
      console.log(`${name.padEnd(NAME_WIDTH)}  unusable: ${reasonOf(error)}`);
    }
  }
  console.log(`In use (${render.network}): ${await nameInUse({ models, render })}`);
}

/** `pentimento models pull NAME`: fetches a network, or takes a file that one has. */
export async function modelsPull(
  name: string,
  { from }: { readonly from?: string },
  signal: AbortSignal,
): Promise<void> {
  const { models } = loadConfig();
  const { file, source, state } = await downloadedNetwork(name, models.folder);
  if (state === 'sound') {
    console.log(`${name} is here already: ${file}`);
    return;
  }
  const unlock = lock(models.folder);
  try {
    await put(name, { file, source, from, signal, models });
  } finally {
    unlock();
  }
  console.log(`${name} is here: ${file}, ${megabytes(source.bytes)}, and has the right hash.`);
}

interface Putting extends Pick<Downloaded, 'file' | 'source'> {
  readonly from: string | undefined;
  readonly signal: AbortSignal;
  readonly models: Config['models'];
}

/** Puts a network's file in its place, from where the options and the settings say. */
async function put(name: string, { file, source, from, signal, models }: Putting): Promise<void> {
  if (from !== undefined) {
    await adopt(source, file, from);
  } else if (models.offline) {
    throw new Error(
      `nothing is fetched, for so the settings say (offline); get ${addressOf(source, models.mirror).href} (${megabytes(source.bytes)}) here in another way, then: pentimento models pull ${name} --from FILE`,
    );
  } else {
    const { mirror } = models;
    const progress = showProgress('fetching');
    try {
      const onProgress = (fraction: number) => progress.update(fraction);
      await pull(source, file, { signal, onProgress, ...(mirror !== undefined && { mirror }) });
    } finally {
      progress.stop();
    }
  }
}

/** `pentimento models verify [NAME]`: reads what has been fetched, and says whether it is what it should be. */
export async function modelsVerify(name: string | undefined): Promise<void> {
  const { folder } = loadConfig().models;
  const broken: string[] = [];
  for (const each of name === undefined ? await networkNames(folder) : [name]) {
    const manifest = await known(each, folder);
    const state = await networkState(manifest, folder);
    if (state === 'not here' && name === undefined) continue;
    console.log(`${each}: ${state}`);
    if (state !== 'sound' && state !== 'built in') broken.push(each);
  }
  if (broken.length > 0)
    throw new Error(`fetch anew with: pentimento models pull ${broken.join(', or ')}`);
}

/** `pentimento models remove NAME` */
export async function modelsRemove(name: string): Promise<void> {
  const { folder } = loadConfig().models;
  const { file } = await downloadedNetwork(name, folder);
  const unlock = lock(folder);
  try {
    if (!(await removeWeights(file))) throw new Error(`${name} is not here: there is no ${file}`);
  } finally {
    unlock();
  }
  console.log(`${name} is removed.`);
}

/** Two that fetch write into one part, and each takes the other's file away. */
function lock(folder: string): Unlock {
  mkdirSync(folder, { recursive: true });
  try {
    return lockFolder(join(folder, 'models.lock'));
  } catch (error) {
    if (!(error instanceof FolderTaken)) throw error;
    throw new Error(`another pentimento fetches or removes a network in ${folder}; wait for it`, {
      cause: error,
    });
  }
}

interface Downloaded {
  readonly file: string;
  readonly source: Download;
  readonly state: NetworkState;
}

/** @throws UsageError if there is no such network, or it comes with the bot */
async function downloadedNetwork(name: string, folder: string): Promise<Downloaded> {
  const manifest = await known(name, folder);
  const { source } = manifest;
  if (!isDownload(source)) throw new UsageError(`${name} comes with the bot`);
  const state = await networkState(manifest, folder);
  return { file: weightsFile(folder, name, source), source, state };
}

async function known(name: string, folder: string): Promise<Manifest> {
  try {
    return await manifestOf(name, folder);
  } catch (error) {
    if (error instanceof UnknownNetwork) throw new UsageError(error.message);
    throw error;
  }
}

const NAME_WIDTH = 16;

function lineFor({ name, title, license, source }: Manifest, state: NetworkState): string {
  const size = isDownload(source) ? megabytes(source.bytes) : '';
  return `${name.padEnd(NAME_WIDTH)}  ${state.padEnd(10)}  ${size.padStart(8)}  ${license.padEnd(10)}  ${title}`;
}

async function nameInUse({ models, render }: Pick<Config, 'models' | 'render'>): Promise<string> {
  try {
    return (await chosenNetwork(render.network, models.folder)).name;
  } catch (error) {
    return reasonOf(error);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
