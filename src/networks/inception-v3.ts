import { InceptionV3Model } from 'nsfwjs/models/inception_v3';
import type { Network } from './network.js';
import { readTfjsLayers } from './tfjs-layers.js';

/**
 * The parts of the package's model that we read. Its own declarations cannot be resolved under Node's module rules
 * (imports without endings), so they arrive untyped; the reader checks what is inside.
 */
interface PackagedModel {
  readonly modelJson: () => Promise<{ readonly default: unknown }>;
  readonly weightBundles: readonly (() => Promise<{ readonly default: string }>)[];
}

/**
 * InceptionV3 (Szegedy et al. 2015) as the npm package nsfwjs (MIT) ships it: 22 MB inside the package, so the bot
 * paints with no download at all. It was trained on ImageNet and then to tell safe pictures from unsafe ones.
 */
export async function loadInceptionV3(): Promise<Network> {
  const { model, bytes } = await readPackage();
  return readTfjsLayers('inception-v3', model, bytes);
}

/** The model.json, parsed, and the weights as the package has them. */
export async function readPackage(): Promise<{ readonly model: unknown; readonly bytes: Buffer }> {
  const packaged = InceptionV3Model as PackagedModel;
  const { default: model } = await packaged.modelJson();
  const shards = await Promise.all(packaged.weightBundles.map((load) => load()));
  return {
    model,
    bytes: Buffer.concat(shards.map((shard) => Buffer.from(shard.default, 'base64'))),
  };
}
