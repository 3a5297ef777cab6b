import { beforeAll, describe, expect, it } from 'vitest';
import * as op from '../../src/graph/operations.js';
import { features, reduction } from '../../src/networks/features.js';
import { loadInceptionV3 } from '../../src/networks/inception-v3.js';
import type { Network } from '../../src/networks/network.js';
import { readTfjsLayers } from '../../src/networks/tfjs-layers.js';
import { evaluate } from '../support/reference.js';

/** A model.json with one 1×1 convolution of two channels to one, batch norm and ReLU, then a classifier's head. */
function smallModel(quantized: boolean) {
  const node = (source: string) => [[[source, 0, 0, {}]]];
  const layer = (class_name: string, name: string, source: string | undefined, config = {}) => ({
    class_name,
    name,
    inbound_nodes: source === undefined ? [] : node(source),
    config,
  });
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
            layer('InputLayer', 'picture', undefined),
            layer('Conv2D', 'conv', 'picture', { strides: [1, 1] }),
            layer('BatchNormalization', 'norm', 'conv', { epsilon: 0.5 }),
            layer('Activation', 'act', 'norm', { activation: 'relu' }),
            layer('Flatten', 'flatten', 'act'),
            layer('Dense', 'dense', 'flatten'),
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
    const network = readTfjsLayers('small', smallModel(false), plainBytes);
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
    const quantized = readTfjsLayers('small', smallModel(true), bytes);
    expect(quantized.layers).toEqual(readTfjsLayers('small', smallModel(false), plainBytes).layers);
  });

  it('leaves the classifier’s head out', () => {
    const { layers } = readTfjsLayers('small', smallModel(false), plainBytes);
    expect([...layers.keys()]).toEqual(['conv', 'act']);
  });

  it.each([
    ['the weights are cut short', smallModel(false), plainBytes.subarray(0, -1)],
    ['there are bytes left over', smallModel(false), Buffer.concat([plainBytes, norm])],
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

  it('names the layer that does not exist', () => {
    const picture = op.input('picture', [1, 3, 16, 16]);
    expect(() => features(network, picture, ['mixed99'])).toThrow('mixed99');
  });
});
