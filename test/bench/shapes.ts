import { INPUT, type Layer } from '../../src/networks/network.js';
import type { Recipe } from '../../src/networks/recipe.js';
import { seeded } from '../support/random.js';

/*
 * Networks of a shape that others have published, with random weights: arithmetic does not mind what the numbers are,
 * as long as they neither vanish nor grow (He et al. 2015).
 */

/**
 * The network of Gatys et al. up to its last style layer, and their layers: VGG-19 (Simonyan and Zisserman 2015).
 * @param divisor how many times fewer channels each convolution has
 */
export function vgg19Shape(divisor = 1): Recipe {
  const channels = [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512]];
  const widths = channels.map((block) => block.map((width) => width / divisor));
  return {
    network: { name: 'vgg19 (random weights)', layers: blocks(widths, INPUT, seeded(1)) },
    styleLayers: equally(['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']),
    coarseStyleLayers: {},
    contentLayers: { relu4_2: 1 },
    faces: 1,
    dreamLayers: {},
    variation: 0.006,
  };
}

/**
 * The small encoder that Wang et al. (2020, "Collaborative Distillation for Ultra-Resolution Universal Style Transfer")
 * distilled from VGG-19, with a quarter of the channels, and its first layer that normalizes colors.
 */
function distilledShape(): Recipe {
  const widths = [[16, 16], [32, 32], [64, 64, 64, 64], [128, 128, 128, 128], [128]];
  const random = seeded(1);
  const colors = convolution(INPUT, 3, 3, 1, random);
  return {
    network: {
      name: 'distilled vgg19 (random weights)',
      layers: new Map([['conv0', colors], ...blocks(widths, 'conv0', random)]),
    },
    styleLayers: equally(
      ['1_1', '1_2', '2_1', '2_2', '3_1', '3_2', '3_4', '4_1', '4_2', '4_4', '5_1'].map(
        (name) => `relu${name}`,
      ),
    ),
    coarseStyleLayers: {},
    contentLayers: { relu3_2: 1 },
    faces: 1,
    dreamLayers: {},
    variation: 0.006,
  };
}

/** Blocks of 3×3 convolutions with a ReLU after each, and a pool after each block; `widths` are their channels. */
function blocks(
  widths: readonly (readonly number[])[],
  first: string,
  random: () => number,
): Map<string, Layer> {
  const layers = new Map<string, Layer>();
  let [from, channels] = [first, 3];
  for (const [block, inBlock] of widths.entries()) {
    for (const [i, width] of inBlock.entries()) {
      const name = `${block + 1}_${i + 1}`;
      layers.set(`conv${name}`, convolution(from, channels, width, 3, random));
      layers.set(`relu${name}`, { type: 'relu', from: [`conv${name}`] });
      [from, channels] = [`relu${name}`, width];
    }
    layers.set(`pool${block + 1}`, { type: 'maxPool', from: [from], size: 2 });
    from = `pool${block + 1}`;
  }
  return layers;
}

function convolution(
  from: string,
  channels: number,
  width: number,
  side: number,
  random: () => number,
): Layer {
  const fanIn = channels * side * side;
  const deviation = Math.sqrt(2 / fanIn);
  // A uniform distribution of this deviation reaches √3 times as far.
  const values = new Float32Array(width * fanIn).map(() => random() * deviation * Math.sqrt(3));
  return {
    type: 'convolution',
    from: [from],
    kernel: { shape: [width, channels, side, side], values },
    bias: new Float32Array(width),
    stride: 1,
    padding: 'same',
  };
}

function equally(layers: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(layers.map((layer) => [layer, 1]));
}

/** The shapes that `npm run bench -- speed` measures. */
export const shapes = { vgg19: vgg19Shape, distilled: distilledShape };
