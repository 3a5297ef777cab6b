import type { Layer } from '../../src/networks/network.js';
import type { Recipe } from '../../src/networks/recipe.js';
import { seeded } from '../support/random.js';

/** Channels of the convolutions of each block of VGG-19 (Simonyan and Zisserman 2015), up to conv5_1. */
const BLOCKS = [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512]];

/**
 * The network and layers of Gatys et al. with random weights: arithmetic does not mind what the numbers are, as long
 * as they neither vanish nor grow (He et al. 2015).
 * @param divisor how many times fewer channels each convolution has
 */
export function vgg19Shape(divisor = 1): Recipe {
  const layers = new Map<string, Layer>();
  const random = seeded(1);
  let [from, channels] = ['input', 3];
  for (const [block, widths] of BLOCKS.entries()) {
    for (const [i, full] of widths.entries()) {
      const width = full / divisor;
      const name = `${block + 1}_${i + 1}`;
      const deviation = Math.sqrt(2 / (9 * channels));
      const values = new Float32Array(width * channels * 9).map(
        () => random() * deviation * Math.sqrt(3),
      );
      const kernel = { shape: [width, channels, 3, 3], values };
      const bias = new Float32Array(width);
      const window = { kernel, bias, stride: 1, padding: 'same' } as const;
      layers.set(`conv${name}`, { type: 'convolution', from: [from], ...window });
      layers.set(`relu${name}`, { type: 'relu', from: [`conv${name}`] });
      [from, channels] = [`relu${name}`, width];
    }
    layers.set(`pool${block + 1}`, { type: 'maxPool', from: [from], size: 2 });
    from = `pool${block + 1}`;
  }
  return {
    network: { name: 'vgg19 (random weights)', layers },
    styleLayers: { relu1_1: 1, relu2_1: 1, relu3_1: 1, relu4_1: 1, relu5_1: 1 },
    contentLayers: { relu4_2: { weight: 1, base: 4 } },
    dreamLayers: {},
    variation: 1,
  };
}
