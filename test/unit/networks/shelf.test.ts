import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countArithmetic } from '../../../src/graph/arithmetic.js';
import { features, reduction } from '../../../src/networks/features.js';
import { input } from '../../../src/graph/operations.js';
import type { Network } from '../../../src/networks/network.js';
import { sizeOf } from '../../../src/graph/tensor.js';
import type { Recipe } from '../../../src/networks/recipe.js';
import {
  chosenNetwork,
  isDownload,
  loadRecipe,
  manifestOf,
  networkNames,
  networkState,
  NetworkError,
} from '../../../src/networks/shelf.js';
import { ofCaffe, vgg, type Convolution } from '../../../src/networks/vgg.js';
import { adopt } from '../../../src/networks/pull.js';
import { weightsFile } from '../../../src/networks/weights-file.js';
import { projectRoot } from '../../../src/paths.js';
import { objectiveGraph } from '../../../src/style/objective.js';
import { temporaryFolder } from '../../support/folder.js';
import { pytorchFile } from '../../support/pytorch-file.js';
import { stateOfSmallVgg, writeKerasFile } from '../../support/vgg-files.js';

const md5 = (bytes: Uint8Array) => `md5:${createHash('md5').update(bytes).digest('hex')}`;

interface Weights {
  readonly format: 'pytorch-legacy' | 'keras-hdf5';
  readonly bytes: Uint8Array;
}

/** Puts a manifest of one's own beside its weights, made from ours for VGG-19. */
function place(folder: string, name: string, { format, bytes }: Weights, changes: object = {}) {
  const ours = JSON.parse(readFileSync(join(projectRoot, 'models/vgg19.json'), 'utf8')) as object;
  const source = {
    url: 'https://weights.example/model',
    bytes: bytes.length,
    digest: md5(bytes),
    format,
  };
  const layers = {
    contentLayers: { relu4_2: 1 },
    dreamLayers: { relu5_1: 1 },
  };
  writeFileSync(
    join(folder, `${name}.json`),
    JSON.stringify({ ...ours, ...layers, name, source, ...changes }),
  );
  writeFileSync(join(folder, `${name}.${format === 'keras-hdf5' ? 'h5' : 'pth'}`), bytes);
}

const pytorch = (): Weights => ({
  format: 'pytorch-legacy',
  bytes: pytorchFile(stateOfSmallVgg()),
});

async function keras(): Promise<Weights> {
  const file = join(temporaryFolder(), 'small.h5');
  await writeKerasFile(file);
  return { format: 'keras-hdf5', bytes: readFileSync(file) };
}

describe('the networks that come with manifests', () => {
  it.each(['inception-v3', 'vgg19-distilled', 'vgg19'])('%s has one', async (name) => {
    expect(await manifestOf(name)).toMatchObject({ name });
    expect(await networkNames()).toContain(name);
  });

  it('without a folder, only what is built in is here, and auto takes it', async () => {
    expect((await chosenNetwork('auto')).name).toBe('inception-v3');
    await expect(loadRecipe('vgg19')).rejects.toThrow(
      'vgg19 is not here; fetch it with: pentimento models pull vgg19',
    );
  });

  it('are three: another name is refused with those that there are', async () => {
    await expect(loadRecipe('vgg91')).rejects.toThrow(
      'there is no network "vgg91"; there are inception-v3, vgg19-distilled, vgg19',
    );
    for (const name of ['../package', 'blazeface', '__proto__', ''])
      await expect(loadRecipe(name, temporaryFolder())).rejects.toThrow(NetworkError);
  });
});

/** A VGG of these channels in each block, whose weights are zeros: arithmetic does not mind what they are. */
function vggOf(blocks: readonly (readonly number[])[]): Network {
  let channels = 3;
  const convolutions = blocks.flatMap((block, i) =>
    block.map((width, j): [string, Convolution] => {
      const shape = [width, channels, 3, 3];
      channels = width;
      const bias = { shape: [width], values: new Float32Array(width) };
      return [
        `conv${i + 1}${j + 1}`,
        { kernel: { shape, values: new Float32Array(sizeOf(shape)) }, bias },
      ];
    }),
  );
  return vgg('zeros', ofCaffe(new Map(convolutions)));
}

describe('arithmetic', () => {
  it('is no reason against auto: at the finest scales the distilled VGG-19 takes about as much as InceptionV3, VGG-19 over ten times as much', async () => {
    const size = { width: 64, height: 64 };
    const arithmeticOf = (recipe: Recipe) =>
      countArithmetic(Object.values(objectiveGraph(recipe, size)));
    const vggWith = async (name: string, first: number, last: number) => {
      const { source, ...manifest } = await manifestOf(name);
      const widths = [1, 2, 4, 8].map((factor) => factor * first);
      const blocks = [2, 2, 4, 4].map((count, i) => Array<number>(count).fill(widths[i] ?? 0));
      return arithmeticOf({ ...manifest, network: vggOf([...blocks, [last]]) });
    };
    const inception = arithmeticOf(await loadRecipe('inception-v3'));
    expect((await vggWith('vgg19-distilled', 16, 128)) / inception).toBeCloseTo(1, 0);
    expect((await vggWith('vgg19', 64, 512)) / inception).toBeGreaterThan(10);
  });
});

describe('networks of the folder', () => {
  it('are read, of either format, and their manifests name layers that they have', async () => {
    const folder = temporaryFolder();
    place(folder, 'mine', pytorch());
    place(folder, 'vgg19', await keras());
    expect(await networkNames(folder)).toEqual([
      'inception-v3',
      'vgg19-distilled',
      'vgg19',
      'mine',
    ]);
    for (const name of ['mine', 'vgg19']) {
      const { network, styleLayers, contentLayers, dreamLayers } = await loadRecipe(name, folder);
      expect(network.name).toBe(name);
      const layers = [styleLayers, contentLayers, dreamLayers].flatMap(Object.keys);
      expect(reduction(network, layers)).toBe(16);
      expect(features(network, input('picture', [1, 3, 16, 16]), layers).size).toBeGreaterThan(5);
    }
  });

  it('are taken by name, and only if they are whole; auto takes what is built in', async () => {
    const folder = temporaryFolder();
    place(folder, 'vgg19', await keras());
    expect((await chosenNetwork('auto', folder)).name).toBe('inception-v3');
    place(folder, 'vgg19-distilled', pytorch());
    expect((await chosenNetwork('vgg19-distilled', folder)).name).toBe('vgg19-distilled');
    const file = join(folder, 'vgg19-distilled.pth');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.with(bytes.length - 1, 1));
    expect((await chosenNetwork('auto', folder)).name).toBe('inception-v3');
    await expect(chosenNetwork('vgg19-distilled', folder)).rejects.toThrow(
      'vgg19-distilled is damaged; fetch it with: pentimento models pull vgg19-distilled',
    );
  });

  it('are sound, damaged, incomplete or not here', async () => {
    const folder = temporaryFolder();
    place(folder, 'mine', pytorch());
    const manifest = await manifestOf('mine', folder);
    const file = join(folder, 'mine.pth');
    expect(await networkState(manifest, folder)).toBe('sound');
    writeFileSync(file, readFileSync(file).subarray(1));
    expect(await networkState(manifest, folder)).toBe('damaged');
    const other = { ...manifest, name: 'other' };
    expect(await networkState(other, folder)).toBe('not here');
    writeFileSync(join(folder, 'other.pth.part'), '');
    expect(await networkState(other, folder)).toBe('incomplete');
  });

  it('whose manifests name layers that they have not, or none, are refused by name', async () => {
    const folder = temporaryFolder();
    const wrong: readonly object[] = [
      { styleLayers: { relu9_9: 1 } },
      { coarseStyleLayers: { relu9_9: { weight: 1, upTo: 200 } } },
      { contentLayers: { relu9_9: 1 } },
      { dreamLayers: { relu9_9: 1 } },
    ];
    for (const changes of wrong) {
      place(folder, 'mine', pytorch(), changes);
      const sentence =
        /^the manifest of mine names layers that it has not: relu9_9; it has conv0, /;
      await expect(loadRecipe('mine', folder)).rejects.toThrow(sentence);
    }
    for (const kind of ['styleLayers', 'contentLayers', 'dreamLayers']) {
      place(folder, 'mine', pytorch(), { [kind]: {} });
      await expect(manifestOf('mine', folder)).rejects.toThrow('it takes a layer at least');
    }
  });

  it('whose files are what they should be and yet no network are refused by name', async () => {
    const folder = temporaryFolder();
    const bytes = Buffer.from('not a network');
    place(folder, 'text', { format: 'pytorch-legacy', bytes });
    place(folder, 'text5', { format: 'keras-hdf5', bytes });
    await expect(loadRecipe('text', folder)).rejects.toThrow(/text\.pth cannot be used: .*legacy/);
    await expect(loadRecipe('text5', folder)).rejects.toThrow(/text5\.h5 cannot be used: .*HDF5/);
  });

  it.each<readonly [string, object, string]>([
    ['another name', { name: 'other' }, 'of a network "other"'],
    ['a name that leads elsewhere', { name: '../mine' }, 'small letters'],
    ['no source', { source: undefined }, 'source'],
    ['a source on this machine', { source: 'file:///etc/passwd' }, 'source'],
    ['something unknown', { strength: 3 }, 'strength'],
  ])('whose manifests have %s are refused', async (_, changes, sentence) => {
    const folder = temporaryFolder();
    place(folder, 'mine', pytorch(), changes);
    await expect(loadRecipe('mine', folder)).rejects.toThrow(NetworkError);
    await expect(loadRecipe('mine', folder)).rejects.toThrow(sentence);
  });

  it('whose manifests are no JSON, huge or no files are refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.json'), '{');
    await expect(loadRecipe('text', folder)).rejects.toThrow('text.json is no manifest');
    writeFileSync(join(folder, 'huge.json'), Buffer.alloc(100_000, ' '));
    await expect(loadRecipe('huge', folder)).rejects.toThrow('it has 100000 bytes');
    mkdirSync(join(folder, 'folder.json'));
    await expect(loadRecipe('folder', folder)).rejects.toThrow('folder.json is no manifest');
  });
});

const distilled = join(projectRoot, '../shared/models/vgg19-distilled/5SE.pth');

describe.skipIf(!existsSync(distilled))('the distilled VGG-19 itself', () => {
  it('is what its manifest says, and has every layer that the manifest names', async () => {
    const folder = temporaryFolder();
    const { source } = await manifestOf('vgg19-distilled');
    if (!isDownload(source)) throw new Error('it is not downloaded');
    await adopt(source, weightsFile(folder, 'vgg19-distilled', source), distilled);
    const { network, ...recipe } = await loadRecipe('vgg19-distilled', folder);
    expect(network.name).toBe('vgg19-distilled');
    const { styleLayers, contentLayers, dreamLayers } = recipe;
    for (const layer of [styleLayers, contentLayers, dreamLayers].flatMap(Object.keys))
      expect(network.layers.get(layer)?.type).toBe('relu');
  });
});
