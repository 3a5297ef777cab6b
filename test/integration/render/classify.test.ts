import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { loadInceptionV3 } from '../../../src/networks/nsfwjs.js';
import type { Network } from '../../../src/networks/network.js';
import { projectRoot } from '../../../src/paths.js';
import { classifierOn } from '../../../src/render/classify.js';
import { decodePicture } from '../../../src/render/decode.js';
import { flat, noise } from '../../support/pictures.js';
import { tinyRecipe } from '../../support/tiny-network.js';

const executor = onnxExecutor(2);
let network: Network;
beforeAll(async () => {
  network = await loadInceptionV3();
});

describe('the classifier', () => {
  it('finds every photo and painting of ours harmless, and knows some for drawn', async () => {
    const classify = classifierOn(() => Promise.resolve(network), executor);
    const drawing: number[] = [];
    for (const folder of ['samples', 'styles']) {
      const names = readdirSync(join(projectRoot, 'data', folder));
      for (const name of names.filter((name) => name.endsWith('.jpg'))) {
        const file = join(projectRoot, 'data', folder, name);
        const probabilities = await classify(await decodePicture(file, 512, 'at most'));
        const { porn, hentai } = probabilities;
        expect(porn + hentai, name).toBeLessThan(0.03);
        drawing.push(probabilities.drawing);
      }
    }
    expect(drawing).toHaveLength(9);
    expect(Math.max(...drawing)).toBeGreaterThan(0.5);
  });

  it('gives probabilities for pictures of any size and shape, and the same for the same one', async () => {
    const classify = classifierOn(() => Promise.resolve(network), executor);
    for (const picture of [
      noise({ width: 16, height: 400 }, 1),
      flat({ width: 700, height: 20 }, 0, 0, 0),
    ]) {
      const probabilities = await classify(picture);
      const values = Object.values(probabilities);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
      expect(values.every((value) => value > 0)).toBe(true);
      expect(await classify(picture)).toEqual(probabilities);
    }
  });

  it('cannot be made of a network without a head, or of one for other classes', async () => {
    const picture = noise({ width: 20, height: 20 }, 2);
    await expect(
      classifierOn(() => Promise.resolve(tinyRecipe.network), executor)(picture),
    ).rejects.toThrow('tiny');
    const last = { kernel: { shape: [128, 2], values: new Float32Array(256) } };
    const dense = [...(network.head?.dense.slice(0, -1) ?? [])];
    const head = network.head && {
      ...network.head,
      dense: [...dense, { ...last, bias: new Float32Array(2) }],
    };
    const other: Network = { ...network, ...(head && { head }) };
    await expect(classifierOn(() => Promise.resolve(other), executor)(picture)).rejects.toThrow(
      '2 classes',
    );
  });
});
