import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { input } from '../../../src/graph/operations.js';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { features } from '../../../src/networks/features.js';
import { readKerasHdf5 } from '../../../src/networks/keras-hdf5.js';
import { INPUT, type Network } from '../../../src/networks/network.js';
import { readPyTorch } from '../../../src/networks/pytorch.js';
import { ofCaffe, ofPyTorch, vgg, type Convolution } from '../../../src/networks/vgg.js';
import { temporaryFolder } from '../../support/folder.js';
import { pytorchFile } from '../../support/pytorch-file.js';
import { values } from '../../support/random.js';
import { smallVgg, stateOfSmallVgg, writeKerasFile } from '../../support/vgg-files.js';

const [width, height] = [32, 16];
const shape = [1, 3, height, width];
const picture = values(3 * height * width, 1).map((value) => (value + 1) / 2);

/** Activations of a network as it paints. */
async function activations(network: Network, layer: string): Promise<Float32Array> {
  const graph = features(network, input('picture', shape), [layer]).get(layer);
  if (graph === undefined) throw new Error(`no ${layer}`);
  const program = await onnxExecutor(2).compile({ y: graph });
  const { y } = await program.run({ picture });
  await program.release();
  return y;
}

/** The same by TensorFlow.js, from the weights themselves: convolutions, ReLU, and averages between the blocks. */
async function withTensorFlow(entrance: (rgb: tf.Tensor4D) => tf.Tensor4D): Promise<Float32Array> {
  const result = tf.tidy(() => {
    const rgb: tf.Tensor4D = tf.transpose(tf.tensor(picture, [1, 3, height, width]), [0, 2, 3, 1]);
    let x = entrance(rgb);
    let last = 1;
    for (const { block, kernel, bias } of smallVgg()) {
      if (block !== last) x = tf.avgPool(x, 2, 2, 'valid');
      last = block;
      const filter: tf.Tensor4D = tf.transpose(
        tf.tensor(kernel.values, [...kernel.shape]),
        [2, 3, 1, 0],
      );
      x = tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), tf.tensor1d(bias.values)));
    }
    return tf.transpose(x, [0, 3, 1, 2]);
  });
  return Float32Array.from(await result.data());
}

/** Both sides compute in float32, in different orders; seen were 1e-7 of the largest value. */
function expectSame(ours: Float32Array, theirs: Float32Array): void {
  expect(ours).toHaveLength(theirs.length);
  const largest = Math.max(...theirs.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  for (const [i, value] of ours.entries())
    expect(Math.abs(value - (theirs[i] ?? NaN)) / largest).toBeLessThan(1e-5);
}

beforeAll(() => tf.setBackend('wasm'));

describe('a VGG', () => {
  it('out of a file of Keras sees what TensorFlow sees: BGR of 0..255 less the mean', async () => {
    const file = join(temporaryFolder(), 'vgg19.h5');
    await writeKerasFile(file);
    const network = vgg('small', ofCaffe(await readKerasHdf5(file)));
    const theirs = await withTensorFlow((rgb) =>
      tf.sub(tf.mul(tf.reverse(rgb, 3), 255), tf.tensor1d([103.939, 116.779, 123.68])),
    );
    expectSame(await activations(network, 'relu5_1'), theirs);
  });

  it('out of a file of PyTorch sees it too, through the entrance in the file', async () => {
    const state = readPyTorch(pytorchFile(stateOfSmallVgg()));
    const network = vgg('small', ofPyTorch(state));
    const theirs = await withTensorFlow((rgb) => tf.sub(tf.mul(tf.reverse(rgb, 3), 2), 1));
    expectSame(await activations(network, 'relu5_1'), theirs);
  });

  it('has layers as the papers name them, each after those it reads', () => {
    const { layers } = vgg('small', ofPyTorch(stateOfSmallVgg()));
    const names = [...layers.keys()];
    expect(names.slice(0, 7)).toEqual(
      'conv0 conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1'.split(' '),
    );
    expect(names.slice(-3)).toEqual(['pool4', 'conv5_1', 'relu5_1']);
    for (const [i, { from }] of [...layers.values()].entries())
      for (const source of from) expect([INPUT, ...names.slice(0, i)]).toContain(source);
  });
});

describe('what is no VGG', () => {
  const convolutions = () => new Map(ofPyTorch(stateOfSmallVgg()));
  const changed = (change: (all: Map<string, Convolution>) => void) => () => {
    const all = convolutions();
    change(all);
    return vgg('changed', all);
  };

  it('is refused, with the reason', () => {
    expect(changed((all) => all.delete('conv0'))).toThrow('lacks conv0');
    expect(changed((all) => all.delete('conv32'))).toThrow('in between');
    expect(changed((all) => all.delete('conv11'))).toThrow('no convolutions of a VGG');
    expect(() => vgg('empty', ofCaffe(new Map()))).toThrow('no convolutions of a VGG');
    const other = convolutions().get('conv44');
    if (other === undefined) throw new Error('no conv44');
    expect(changed((all) => all.set('conv12', other))).toThrow('conv1_2 is not a convolution');
    expect(changed((all) => all.set('block1_conv1', other))).toThrow('twice');
    expect(
      changed((all) => all.set('conv51', { ...other, bias: { shape: [3], values: values(3, 1) } })),
    ).toThrow('conv5_1 is not');
  });
});
