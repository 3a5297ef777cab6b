import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/graph/tensor.js';
import { readPyTorch } from '../../../src/networks/pytorch.js';
import { projectRoot } from '../../../src/paths.js';
import { named, pytorchFile, text, tuple, reduce, type Lies } from '../../support/pytorch-file.js';
import { values } from '../../support/random.js';

const weights = (shape: readonly number[], seed = 1) => ({
  shape,
  values: values(sizeOf(shape), seed),
});
const tensors = new Map([
  ['conv.weight', weights([4, 3, 3, 3])],
  ['conv.bias', weights([4], 2)],
]);

describe("a file in PyTorch's legacy format", () => {
  it('gives back every tensor, whatever its shape, of a checkpoint as of a state dictionary', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 5, minLength: 1 }),
        fc.array(shape, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (names, shapes, isCheckpoint) => {
          const saved = new Map(names.map((name, i) => [name, weights(shapes[i] ?? [], i)]));
          expect(readPyTorch(pytorchFile(saved, { isCheckpoint }))).toEqual(saved);
        },
      ),
    );
  });

  it('is read from the middle of a larger buffer', () => {
    const file = pytorchFile(tensors);
    const buffer = new Uint8Array(file.length + 3);
    buffer.set(file, 3);
    expect(readPyTorch(buffer.subarray(3))).toEqual(tensors);
  });

  it('is refused wherever it ends too early, and if something follows', () => {
    const file = pytorchFile(tensors);
    for (let length = 0; length < file.length; length++)
      expect(() => readPyTorch(file.subarray(0, length))).toThrow();
    expect(() => readPyTorch(Buffer.concat([file, Buffer.alloc(4)]))).toThrow('4 bytes after');
  });

  it('runs nothing, and makes nothing but tensors', () => {
    const after = [named('os', 'system'), tuple(text('touch owned')), reduce].flat();
    expect(() => readPyTorch(pytorchFile(tensors, { lies: { after } }))).toThrow(
      'wants "os.system"',
    );
    const make = [named('torch', 'FloatStorage'), tuple(), reduce].flat();
    expect(() => readPyTorch(pytorchFile(tensors, { lies: { after: make } }))).toThrow('not made');
  });

  it.each<readonly [string, Lies, string]>([
    ['other numbers', { storageType: named('torch', 'LongStorage') }, 'torch.LongStorage'],
    ['more values than there are', { count: 2 ** 31 - 1 }, 'another size'],
    ['fewer values than its tensors take', { count: 3 }, 'within its storage'],
    ['a tensor behind the end', { start: 1 }, 'within its storage'],
    ['a tensor before the beginning', { start: -1 }, 'not understood'],
    ['a tensor of a negative extent', { shape: [-2, -54] }, 'not understood'],
    ['as many strides as it likes', { strides: [1] }, 'row-major'],
    ['one value many times over', { shape: [50_000, 50_000], strides: [0, 0] }, 'row-major'],
    ['an enormous shape', { shape: [2 ** 30, 2 ** 30, 2 ** 30], count: 108 }, 'row-major'],
    ['a shape larger than its storage', { shape: [2 ** 30] }, 'within its storage'],
    ['too many axes', { shape: Array<number>(9).fill(1) }, 'not understood'],
  ])('is refused if it claims %s', (_, lies, sentence) => {
    const one = new Map([['x', weights([4, 27])]]);
    expect(() => readPyTorch(pytorchFile(one, { lies }))).toThrow(sentence);
  });

  it('tells other files apart from damaged ones', () => {
    expect(() => readPyTorch(Buffer.from('PK\x03\x04 zipped'))).toThrow('zip format');
    expect(() => readPyTorch(Buffer.from('<!doctype html>'))).toThrow('not in PyTorch');
    expect(() => readPyTorch(pytorchFile(new Map()))).toThrow('no tensors');
  });

  it('ends with tensors or an error, however it is damaged', () => {
    const file = pytorchFile(tensors);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = Uint8Array.from(file);
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            const read = [...readPyTorch(damaged).values()];
            for (const { shape, values } of read) expect(values).toHaveLength(sizeOf(shape));
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

const distilled = join(projectRoot, '../shared/models/vgg19-distilled/5SE.pth');

describe.skipIf(!existsSync(distilled))('the distilled VGG-19', () => {
  it('is read: its convolutions have the channels of its paper, and its entrance is almost that of VGG', () => {
    const state = readPyTorch(readFileSync(distilled));
    const channels = ['11', '12', '21', '22', '31', '34', '41', '44', '51'].map(
      (name) => state.get(`conv${name}.weight`)?.shape[0],
    );
    expect(channels).toEqual([16, 16, 32, 32, 64, 64, 128, 128, 128]);
    const mean = state.get('conv0.bias')?.values;
    for (const [i, value] of [-103.939, -116.779, -123.68].entries())
      expect(Math.abs((mean?.[i] ?? NaN) - value)).toBeLessThan(1);
  });
});
