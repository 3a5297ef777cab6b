import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../paths.js';
import { reasonOf } from '../reason.js';
import { readKerasHdf5 } from './keras-hdf5.js';
import { INPUT, type Network } from './network.js';
import { loadInceptionV3 } from './nsfwjs.js';
import { readPyTorch } from './pytorch.js';
import { manifestSchema, type Manifest, type Recipe } from './recipe.js';
import type { Download, Source } from './source.js';
import { ofCaffe, ofPyTorch, vgg } from './vgg.js';
import { stateOf, weightsFile, type FileState } from './weights-file.js';

/*
 * Which networks can paint, and which of them are here. Their manifests are in models/ and, for networks of the
 * operator's own, in the folder of the weights; there, one of the name of one of ours takes its place.
 */

/** Those in models/, smallest first. */
const ours = ['inception-v3', 'vgg19-distilled', 'vgg19'] as const;

/**
 * What `auto` takes: what the judge found best (docs/engine.md, "Which network"), and what is always here. The distilled VGG-19
 * takes about as much arithmetic at fine scales; VGG-19 itself takes more than
 * ten times as much (test/unit/networks/shelf.test.ts counts).
 */
const BEST = 'inception-v3';

/** A manifest takes about two thousand bytes. */
const MAX_MANIFEST_BYTES = 65_536;

/** A network that cannot be used: the message says why, and what to do. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** There is no network of that name, here or to be fetched. */
export class UnknownNetwork extends NetworkError {}

/** The names of all networks, of which some may not be here. Without a folder, those in models/. */
export async function networkNames(folder?: string): Promise<readonly string[]> {
  const files = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const own = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
  return [...new Set([...ours, ...own.sort()])];
}

/** @throws NetworkError if there is no such network, or its manifest cannot be used */
export async function manifestOf(name: string, folder?: string): Promise<Manifest> {
  const names = await networkNames(folder);
  if (!names.includes(name))
    throw new UnknownNetwork(`there is no network "${name}"; there are ${names.join(', ')}`);
  const own = folder === undefined ? undefined : await textIn(join(folder, `${name}.json`));
  return own ?? (await textIn(join(projectRoot, 'models', `${name}.json`))) ?? gone(name);
}

function gone(name: string): never {
  throw new NetworkError(`the manifest of ${name} is gone`);
}

/** Undefined if there is no such file. */
async function textIn(file: string): Promise<Manifest | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  try {
    if (found.size > MAX_MANIFEST_BYTES) throw new Error(`it has ${found.size} bytes`);
    const manifest = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (`${manifest.name}.json` !== basename(file))
      throw new Error(`it is of a network "${manifest.name}"; name the file after it`);
    return manifest;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    throw new NetworkError(`${file} is no manifest of a network: ${oneLine(reason)}`, {
      cause: error,
    });
  }
}

/** Whether a network is here. What comes with the bot needs no file of its own. */
export type NetworkState = 'built in' | FileState;

/** @param folder where the weights lie; without one, nothing that has to be downloaded is here */
export async function networkState(
  { name, source }: Manifest,
  folder?: string,
): Promise<NetworkState> {
  if (!isDownload(source)) return 'built in';
  return folder === undefined ? 'not here' : stateOf(weightsFile(folder, name, source), source);
}

export function isDownload(source: Source): source is Download {
  return typeof source !== 'string';
}

/**
 * The manifest of the network to paint with.
 * @param choice a name, or `auto`
 * @throws NetworkError if it is not here
 */
export async function chosenNetwork(choice: string, folder?: string): Promise<Manifest> {
  const name = choice === 'auto' ? BEST : choice;
  const manifest = await manifestOf(name, folder);
  const state = await networkState(manifest, folder);
  if (isUsable(state)) return manifest;
  const what = state === 'incomplete' ? 'is not all here' : `is ${state}`;
  throw new NetworkError(`${name} ${what}; fetch it with: pentimento models pull ${name}`);
}

function isUsable(state: NetworkState): boolean {
  return state === 'built in' || state === 'sound';
}

/**
 * Reads the manifest and the weights of a network.
 * @param choice its name, or `auto` for the best that is here
 * @param folder where downloaded weights lie; without one, what is built in is all there is
 * @throws NetworkError if it is not here, or cannot be read
 */
export async function loadRecipe(choice = 'auto', folder?: string): Promise<Recipe> {
  const { name, title, source, license, ...layers } = await chosenNetwork(choice, folder);
  const network = await loadNetwork(name, source, folder);
  requireLayers(network, layers);
  return { network, ...layers };
}

/** @throws NetworkError if the manifest names layers that the network has not: found out now, and not in every picture */
function requireLayers({ name, layers }: Network, recipe: Omit<Recipe, 'network'>): void {
  const { styleLayers, coarseStyleLayers, contentLayers, dreamLayers } = recipe;
  const named = [styleLayers, coarseStyleLayers, contentLayers, dreamLayers].flatMap(Object.keys);
  const missing = named.filter((layer) => layer !== INPUT && !layers.has(layer));
  if (missing.length > 0)
    throw new NetworkError(
      `the manifest of ${name} names layers that it has not: ${missing.join(', ')}; it has ${[...layers.keys()].join(', ')}`,
    );
}

async function loadNetwork(name: string, source: Source, folder = ''): Promise<Network> {
  if (!isDownload(source)) {
    if (!source.startsWith('npm:nsfwjs@') || !source.endsWith('/models/inception_v3'))
      throw new NetworkError(`${name} is said to be in ${source}, which is not understood`);
    return loadInceptionV3();
  }
  const file = weightsFile(folder, name, source);
  try {
    switch (source.format) {
      case 'pytorch-legacy':
        return vgg(name, ofPyTorch(readPyTorch(await readFile(file))));
      case 'keras-hdf5':
        return vgg(name, ofCaffe(await readKerasHdf5(file)));
    }
  } catch (error) {
    throw new NetworkError(`${file} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
