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
  readonly modelJson: () => Promise<{ readonly default: unknown }>;
  readonly weightBundles: readonly (() => Promise<{ readonly default: string }>)[];
}

/** Loaded when they are asked for: they hold tables of code that who does not paint has no use for. */
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
  const { modelJson, weightBundles } = await packaged[name]();
  const { default: model } = await modelJson();
  const shards = await Promise.all(weightBundles.map((load) => load()));
  return {
    model,
    bytes: Buffer.concat(shards.map((shard) => Buffer.from(shard.default, 'base64'))),
  };
}
