import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../support/property.js';
import { File, ready } from 'h5wasm/node';
import { describe, expect, it, vi } from 'vitest';
import { sizeOf } from '../../../src/graph/tensor.js';
import { readKerasHdf5 } from '../../../src/networks/keras-hdf5.js';
import { temporaryFolder } from '../../support/folder.js';
import { values } from '../../support/random.js';
import { smallVgg, writeKerasFile } from '../../support/vgg-files.js';

async function keras(): Promise<string> {
  const file = join(temporaryFolder(), 'weights.h5');
  await writeKerasFile(file);
  return file;
}

/** A file of one layer, made by hand. */
async function oneLayer(fill: (file: File) => void): Promise<string> {
  await ready;
  const name = join(temporaryFolder(), 'one.h5');
  const file = new File(name, 'w');
  fill(file);
  file.close();
  return name;
}

describe("a weight file of Keras's", () => {
  it('gives its convolutions as they were saved, and passes over layers without', async () => {
    const convolutions = await readKerasHdf5(await keras());
    expect(convolutions).toEqual(
      new Map(
        smallVgg().map(({ block, index, kernel, bias }) => [
          `block${block}_conv${index}`,
          { kernel, bias },
        ]),
      ),
    );
  });

  it('is read also if the layer repeats its name inside, as newer versions write it', async () => {
    const file = await oneLayer((file) => {
      const inner = file.create_group('conv').create_group('conv');
      const data = values(12, 1);
      inner.create_dataset({ name: 'kernel:0', data, shape: [1, 1, 3, 4], dtype: '<f4' });
      inner.create_dataset({ name: 'bias:0', data: values(4, 2), shape: [4], dtype: '<f4' });
    });
    const conv = (await readKerasHdf5(file)).get('conv');
    expect(conv?.kernel.shape).toEqual([4, 3, 1, 1]);
    expect(conv?.bias.values).toEqual(values(4, 2));
  });

  it('is refused if its numbers are of another kind', async () => {
    const file = await oneLayer((file) => {
      const data = new Float64Array(12);
      file.create_group('conv').create_dataset({ name: 'kernel:0', data, shape: [1, 1, 3, 4] });
    });
    await expect(readKerasHdf5(file)).rejects.toThrow('no array of float32');
  });

  it('is refused, and nothing allocated, if it claims more than it has bytes', async () => {
    const file = await oneLayer((file) => {
      // A gigabyte of zeros that are nowhere: chunks that were never written take no room.
      file.create_group('conv').create_dataset({
        name: 'kernel:0',
        data: values(4, 1),
        shape: [1, 1, 2, 2],
        maxshape: [1, 1, 2, 2 ** 27],
        chunks: [1, 1, 2, 2],
        dtype: '<f4',
      });
      const dataset = file.get('conv/kernel:0');
      if (dataset === null || !('resize' in dataset)) throw new Error('no dataset');
      dataset.resize([1, 1, 2, 2 ** 27]);
    });
    expect(readFileSync(file).length).toBeLessThan(10_000);
    await expect(readKerasHdf5(file)).rejects.toThrow('more than the file holds');
  });

  it('is refused in one sentence wherever it ends too early, and if it is something else', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const file = await keras();
    const bytes = readFileSync(file);
    const part = join(temporaryFolder(), 'part.h5');
    for (const content of [
      ...[0, 1, 100, bytes.length / 2, bytes.length - 1].map((end) => bytes.subarray(0, end)),
      Buffer.from('<!doctype html>'),
    ]) {
      writeFileSync(part, content);
      await expect(readKerasHdf5(part)).rejects.toThrow(/^the file cannot be read as HDF5.*$/);
    }
    await expect(readKerasHdf5(join(part, 'none'))).rejects.toThrow();
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    // Afterward, sound ones are still read.
    expect((await readKerasHdf5(file)).size).toBe(smallVgg().length);
  });

  it('ends with convolutions or an error, however it is damaged', async () => {
    const bytes = readFileSync(await keras());
    const damaged = join(temporaryFolder(), 'damaged.h5');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        async (changes) => {
          const copy = Uint8Array.from(bytes);
          for (const [at, byte] of changes) copy[at] = byte;
          writeFileSync(damaged, copy);
          try {
            for (const { kernel } of (await readKerasHdf5(damaged)).values())
              expect(kernel.values).toHaveLength(sizeOf(kernel.shape));
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
