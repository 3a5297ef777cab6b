import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Network } from './network.js';
import { readTfjsLayers } from './tfjs-layers.js';

/*
 * The networks inside the npm package nsfwjs (MIT). They were trained on ImageNet and then to tell safe pictures from
 * unsafe ones; they are there without any download.
 */

/**
 * The parts of a packaged model that we read. Its own declarations cannot be resolved under Node's module rules
 * (imports without endings), so they arrive untyped; the reader checks what is inside.
 */
interface PackagedModel {
  readonly numOfWeightBundles: number;
  readonly modelJson: () => Promise<{ readonly default: unknown }>;
}

const require = createRequire(import.meta.url);

/** Loaded when they are asked for, by who paints. */
const packaged = {
  'inception-v3': async (): Promise<PackagedModel> =>
    (await import('nsfwjs/models/inception_v3')).InceptionV3Model as PackagedModel,
  'mobilenet-v2': async (): Promise<PackagedModel> =>
    (await import('nsfwjs/models/mobilenet_v2')).MobileNetV2Model as PackagedModel,
} as const;
export type PackagedName = keyof typeof packaged;

/** InceptionV3 (Szegedy et al. 2015), 22 MB: what paints if nothing else is there, and what looks for indecency. */
export function loadInceptionV3(): Promise<Network> {
  return load('inception-v3');
}

/** MobileNetV2 (Sandler et al. 2018), 3 MB: the judge, which never paints. */
export function loadMobileNetV2(): Promise<Network> {
  return load('mobilenet-v2');
}

async function load(name: PackagedName): Promise<Network> {
  const { model, bytes } = await readPackage(name);
  return readTfjsLayers(name, model, bytes);
}

/** The model.json, parsed, and the weights as the package has them. */
export async function readPackage(
  name: PackagedName,
): Promise<{ readonly model: unknown; readonly bytes: Buffer }> {
  const { numOfWeightBundles: count, modelJson } = await packaged[name]();
  const { default: model } = await modelJson();
  const entry = require.resolve(`nsfwjs/models/${name.replace('-', '_')}`);
  const folder = join(dirname(entry), '../../models', basename(entry, '.js'));
  const shards = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      readShard(join(folder, `group1-shard${i + 1}of${count}.min.js`)),
    ),
  );
  return { model, bytes: Buffer.concat(shards) };
}

/**
 * A shard is a program whose last string holds bytes in base64. To have Node run the six of InceptionV3 takes 0.8 s at every start,
 * to look for that string a quarter of it.
 */
async function readShard(file: string): Promise<Buffer> {
  const program = await readFile(file);
  const end = program.lastIndexOf('"');
  const start = program.lastIndexOf('"', end - 1) + 1;
  return Buffer.from(program.toString('latin1', start, end), 'base64');
}
