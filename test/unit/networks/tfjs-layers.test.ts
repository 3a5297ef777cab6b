import { beforeAll, describe, expect, it } from 'vitest';
import * as op from '../../../src/graph/operations.js';
import { features, reduction } from '../../../src/networks/features.js';
import { loadInceptionV3 } from '../../../src/networks/nsfwjs.js';
import type { Network } from '../../../src/networks/network.js';
import { readTfjsLayers } from '../../../src/networks/tfjs-layers.js';
import { evaluate } from '../../support/reference.js';

const layer = (class_name: string, name: string, source: string | undefined, config = {}) => ({
  class_name,
  name,
  inbound_nodes: source === undefined ? [] : [[[source, 0, 0, {}]]],
  config,
});

/** A model.json with one 1×1 convolution of two channels to one, batch norm and ReLU, then what is given. */
function smallModel({ quantized = false, head = [] as object[] } = {}) {
  const weight = (name: string, shape: number[]) => ({
    name,
    shape,
    dtype: 'float32',
    ...(quantized && name === 'conv/kernel'
      ? { quantization: { min: -1, scale: 0.5, dtype: 'uint8' } }
      : {}),
  });
  return {
    modelTopology: {
      model_config: {
        config: {
          layers: [
            layer('InputLayer', 'picture', undefined, { batch_input_shape: [null, 1, 1, 2] }),
            layer('Conv2D', 'conv', 'picture', { strides: [1, 1] }),
            layer('BatchNormalization', 'norm', 'conv', { epsilon: 0.5 }),
            layer('Activation', 'act', 'norm', { activation: 'relu' }),
            ...head,
          ],
        },
      },
    },
    weightsManifest: [
      {
        weights: [
          weight('conv/kernel', [1, 1, 2, 1]),
          weight('norm/gamma', [1]),
          weight('norm/beta', [1]),
          weight('norm/moving_mean', [1]),
          weight('norm/moving_variance', [1]),
        ],
      },
    ],
  };
}
const [gamma, beta, mean, variance] = [3, 0.25, 0.5, 8.5];
const norm = new Uint8Array(Float32Array.of(gamma, beta, mean, variance).buffer);
const plainBytes = Buffer.concat([new Uint8Array(Float32Array.of(2, -0.5).buffer), norm]);

describe('the reader of TensorFlow.js layers models', () => {
  it('folds batch normalization into the convolution, exactly', () => {
    const network = readTfjsLayers('small', smallModel(), plainBytes);
    const picture = op.input('picture', [1, 2, 1, 1]);
    const y = features(network, picture, ['act']).get('act');
    if (y === undefined) throw new Error('no activation');
    const convolved = 2 * 0.75 - 0.5 * 0.125;
    const expected = ((convolved - mean) * gamma) / Math.sqrt(variance + 0.5) + beta;
    expect(evaluate({ y }, { picture: Float64Array.of(0.75, 0.125) }).y[0]).toBeCloseTo(
      expected,
      6,
    );
  });

  it('undoes uint8 quantization: value = byte · scale + min', () => {
    const bytes = Buffer.concat([Uint8Array.of(6, 1), norm]);
    const quantized = readTfjsLayers('small', smallModel({ quantized: true }), bytes);
    expect(quantized.layers).toEqual(readTfjsLayers('small', smallModel(), plainBytes).layers);
  });

  it('keeps strides and borders as they were in training', () => {
    const { model_config } = smallModel().modelTopology;
    const layers = [
      layer('InputLayer', 'picture', undefined),
      layer('Conv2D', 'conv', 'picture', { strides: [2, 2], padding: 'same' }),
      layer('MaxPooling2D', 'max', 'conv', { strides: [2, 2], pool_size: [3, 3] }),
    ];
    const topology = { model_config: { ...model_config, config: { layers } } };
    const model = { ...smallModel(), modelTopology: topology };
    const network = readTfjsLayers('small', model, plainBytes);
    expect(network.layers.get('conv')).toMatchObject({ stride: 2, padding: 'same' });
    expect(network.layers.get('max')).toEqual({ type: 'maxPool', from: ['conv'], size: 3 });
    expect(network.head).toBeUndefined();
  });

  const flatten = layer('Flatten', 'flatten', 'act');
  const dense = (activation: string) => layer('Dense', 'dense', 'flatten', { activation });

  it('keeps the classifier’s head apart from the features', () => {
    const model = smallModel({ head: [flatten, dense('softmax')] });
    const weights = [
      { name: 'dense/kernel', shape: [1, 2], dtype: 'float32' },
      { name: 'dense/bias', shape: [2], dtype: 'float32' },
    ];
    const file = { ...model, weightsManifest: [...model.weightsManifest, { weights }] };
    const headBytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const { layers, head } = readTfjsLayers('small', file, Buffer.concat([plainBytes, headBytes]));
    expect([...layers.keys()]).toEqual(['conv', 'act']);
    expect(head).toEqual({
      from: 'act',
      side: 1,
      window: 1,
      dense: [
        {
          kernel: { shape: [1, 2], values: Float32Array.of(1, 2) },
          bias: Float32Array.of(3, 4),
        },
      ],
    });
  });

  it.each([
    ['a head that ends in no softmax', [flatten, dense('sigmoid')], 'activation sigmoid'],
    ['a layer it does not know', [flatten, layer('LSTM', 'lstm', 'flatten')], 'LSTM'],
    ['a head whose weights are missing', [flatten, dense('softmax')], 'dense/kernel'],
    [
      'maxima that overlap in another way',
      [layer('MaxPooling2D', 'max', 'act', { strides: [1, 1], pool_size: [2, 2] })],
      'stride 1',
    ],
    [
      'an activation inside a convolution',
      [layer('Conv2D', 'conv', 'act', { activation: 'tanh' })],
      'tanh',
    ],
  ])('refuses %s instead of guessing', (_, head, message) => {
    expect(() => readTfjsLayers('small', smallModel({ head }), plainBytes)).toThrow(message);
  });

  it.each([
    ['the weights are cut short', smallModel(), plainBytes.subarray(0, -1)],
    ['there are bytes left over', smallModel(), Buffer.concat([plainBytes, norm])],
    ['the file is no model', { hello: 'world' }, plainBytes],
  ])('says so when %s', (_, model, bytes) => {
    expect(() => readTfjsLayers('small', model, bytes)).toThrow();
  });
});

describe('InceptionV3 from the package', () => {
  let network: Network;
  beforeAll(async () => {
    network = await loadInceptionV3();
  });

  it('has its 94 convolutions and 11 blocks, with finite weights', () => {
    const layers = [...network.layers];
    const convolutions = layers.flatMap(([, layer]) =>
      layer.type === 'convolution' ? [layer] : [],
    );
    expect(convolutions).toHaveLength(94);
    expect(layers.filter(([name]) => /^mixed\d+$/.test(name))).toHaveLength(11);
    expect(convolutions.every(({ kernel }) => kernel.values.every(Number.isFinite))).toBe(true);
  });

  it('keeps its true strides as data and reduces the picture as they say', () => {
    expect(network.layers.get('conv2d_1')).toMatchObject({ stride: 2 });
    expect(reduction(network, ['activation_1'])).toBe(2);
    expect(reduction(network, ['mixed2', 'activation_5'])).toBe(8);
    expect(reduction(network, ['mixed4'])).toBe(16);
  });

  it('has its head, for pictures of 299×299 pixels and five classes', () => {
    const shapes = network.head?.dense.map(({ kernel }) => kernel.shape);
    expect(network.head).toMatchObject({ from: 'mixed10', side: 299, window: 8 });
    expect(shapes).toEqual([
      [2048, 256],
      [256, 128],
      [128, 5],
    ]);
  });

  it('names the layer that does not exist', () => {
    const picture = op.input('picture', [1, 3, 16, 16]);
    expect(() => features(network, picture, ['mixed99'])).toThrow('mixed99');
  });
});
