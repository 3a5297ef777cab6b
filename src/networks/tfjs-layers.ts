import { z } from 'zod';
import {
  INPUT,
  lazily,
  type Dense,
  type Head,
  type Layer,
  type Network,
  type Weights,
} from './network.js';
import { find, manifestSchema, readWeights } from './tfjs-weights.js';

/*
 * Reads a network in the TensorFlow.js layers format: a Keras topology as JSON and the weights as bytes.
 * Only what convolutional feature extractors are made of is understood, and after it a classifier's head of averages
 * and dense layers.
 */

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string(),
  inbound_nodes: z.array(z.array(z.tuple([z.string()], z.unknown()))),
  config: z.object({
    batch_input_shape: z.array(z.number().nullable()).optional(),
    padding: z.union([z.enum(['same', 'valid']), z.array(z.array(z.number()))]).optional(),
    strides: z.array(z.number()).optional(),
    pool_size: z.array(z.number()).optional(),
    activation: z.string().optional(),
    epsilon: z.number().optional(),
    max_value: z.number().nullable().optional(),
  }),
});
type KerasLayer = z.infer<typeof layerSchema>;

const modelSchema = z.object({
  modelTopology: z.object({
    model_config: z.object({ config: z.object({ layers: z.array(layerSchema) }) }),
  }),
  weightsManifest: manifestSchema,
});

/**
 * @param name what to call the network
 * @param model the parsed model.json
 * @param bytes the weight shards, joined
 * @throws Error (or ZodError) if the file is not what this reader understands
 */
export function readTfjsLayers(name: string, model: unknown, bytes: Uint8Array): Network {
  const { modelTopology, weightsManifest } = modelSchema.parse(model);
  const weights = readWeights(weightsManifest, bytes);
  const layers = new Map<string, Layer>();
  // A batch normalization vanishes into the convolution before it; who reads the one is led to the other.
  const standsFor = new Map<string, string>();
  const zeroPadded = new Set<string>();
  const all = modelTopology.model_config.config.layers;
  for (const [i, keras] of all.entries()) {
    const from = (keras.inbound_nodes[0] ?? []).map(([source]) => standsFor.get(source) ?? source);
    if (keras.class_name === 'InputLayer') {
      standsFor.set(keras.name, INPUT);
    } else if (keras.class_name === 'ZeroPadding2D') {
      requireUsualZeros(keras);
      zeroPadded.add(keras.name);
      standsFor.set(keras.name, single(keras, from));
    } else if (keras.class_name === 'BatchNormalization') {
      const source = single(keras, from);
      layers.set(source, foldBatchNorm(keras, layers.get(source), weights));
      standsFor.set(keras.name, source);
    } else {
      const read = keras.inbound_nodes[0]?.[0]?.[0] ?? '';
      const isPadded = zeroPadded.has(read);
      const layer = toLayer(keras, from, weights, isPadded);
      if (isPadded && layer?.type !== 'convolution')
        throw new Error(`${keras.name}: only a convolution may follow zeros`);
      if (layer === undefined) {
        const side = all.find(({ class_name }) => class_name === 'InputLayer')?.config
          .batch_input_shape?.[1];
        if (!side) throw new Error('the file does not say which pictures its classifier takes');
        const head = readHead(all.slice(i), weights);
        return { name, layers, head: { from: single(keras, from), side, ...head } };
      }
      layers.set(keras.name, layer);
    }
  }
  return { name, layers };
}

/** Undefined if the layer is none of the features but begins the classifier's head. */
function toLayer(
  keras: KerasLayer,
  from: readonly string[],
  weights: ReadonlyMap<string, Weights>,
  isPadded: boolean,
): Layer | undefined {
  const {
    strides: [stride = 1] = [],
    pool_size: [size = 2] = [],
    activation = 'linear',
    max_value: ceiling,
  } = keras.config;
  const padding = isPadded ? 'same' : (keras.config.padding ?? 'valid');
  if (typeof padding !== 'string') throw new Error(`${keras.name}: padding in numbers`);
  switch (keras.class_name) {
    case 'Conv2D':
    case 'DepthwiseConv2D': {
      if (activation !== 'linear') throw new Error(`${keras.name}: activation ${activation}`);
      if (stride !== 1 && stride !== 2) throw new Error(`${keras.name}: stride ${stride}`);
      if (isPadded && (stride !== 2 || keras.config.padding === 'same'))
        throw new Error(`${keras.name}: zeros before stride ${stride}`);
      const kernel =
        keras.class_name === 'Conv2D'
          ? toOutInHeightWidth(find(weights, `${keras.name}/kernel`))
          : ofOneChannel(find(weights, `${keras.name}/depthwise_kernel`));
      const bias = weights.get(`${keras.name}/bias`)?.values;
      return {
        type: 'convolution',
        from: [single(keras, from)],
        kernel,
        bias: bias ?? new Float32Array(kernel.shape[0] ?? 0),
        stride,
        padding,
      };
    }
    case 'Activation':
      requireActivation(keras, 'relu');
      return { type: 'relu', from: [single(keras, from)] };
    case 'ReLU': {
      const source = single(keras, from);
      return { type: 'relu', from: [source], ...(ceiling && { ceiling }) };
    }
    case 'Add': {
      const [a, b, ...others] = from;
      if (a === undefined || b === undefined || others.length > 0)
        throw new Error(`${keras.name} needs two inputs`);
      return { type: 'add', from: [a, b] };
    }
    case 'MaxPooling2D':
      if (stride !== 2 || padding !== 'valid')
        throw new Error(`${keras.name}: maxima with stride ${stride}, ${padding}`);
      return { type: 'maxPool', from: [single(keras, from)], size };
    case 'AveragePooling2D':
      if (stride !== 1 || size !== 3 || padding !== 'same') return undefined;
      return { type: 'averageFilter', from: [single(keras, from)] };
    case 'Concatenate':
      return { type: 'concatenate', from };
    default:
      return undefined;
  }
}

/** The layers after the features: a chain of one average over everything, and dense layers. */
function readHead(
  chain: readonly KerasLayer[],
  weights: ReadonlyMap<string, Weights>,
): Pick<Head, 'window' | 'dense'> {
  const dense: Dense[] = [];
  const last = chain.findLast(({ class_name }) => class_name === 'Dense');
  let window = 1;
  for (const keras of chain) {
    switch (keras.class_name) {
      case 'AveragePooling2D':
        window = keras.config.pool_size?.[0] ?? 2; // Keras's default
        break;
      case 'Flatten': // one number per channel is left, so nothing is to be put in order
      case 'Dropout': // does nothing at rest
        break;
      case 'Dense': {
        requireActivation(keras, keras === last ? 'softmax' : 'relu');
        const kernel = find(weights, `${keras.name}/kernel`);
        dense.push({ kernel, bias: find(weights, `${keras.name}/bias`).values });
        break;
      }
      default:
        throw new Error(`${keras.name}: a ${keras.class_name} in a classifier's head`);
    }
  }
  return { window, dense };
}

/**
 * A batch normalization at rest is y = (x - mean) · gamma / √(variance + ε) + beta, per channel: a convolution's kernel
 * and bias absorb it exactly.
 */
function foldBatchNorm(
  keras: KerasLayer,
  source: Layer | undefined,
  weights: ReadonlyMap<string, Weights>,
): Layer {
  if (source?.type !== 'convolution')
    throw new Error(`${keras.name} does not follow a convolution`);
  const mean = find(weights, `${keras.name}/moving_mean`).values;
  const variance = find(weights, `${keras.name}/moving_variance`).values;
  const beta = weights.get(`${keras.name}/beta`)?.values;
  const gamma = weights.get(`${keras.name}/gamma`)?.values;
  const epsilon = keras.config.epsilon ?? 1e-3; // Keras's default
  const factor = variance.map((v, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(v + epsilon));
  const { kernel } = source;
  return {
    ...source,
    kernel: lazily(kernel.shape, () => scaledByChannel(kernel.values, factor)),
    bias: source.bias.map(
      (b, channel) => (b - (mean[channel] ?? 0)) * (factor[channel] ?? 1) + (beta?.[channel] ?? 0),
    ),
  };
}

function scaledByChannel(values: Float32Array, factors: Float32Array): Float32Array {
  const result = new Float32Array(values.length);
  const perChannel = values.length / factors.length;
  for (const [channel, factor] of factors.entries())
    for (let i = channel * perChannel; i < (channel + 1) * perChannel; i++)
      result[i] = (values[i] ?? 0) * factor;
  return result;
}

/** From TensorFlow's [height, width, in, out] to [out, in, height, width]. */
export function toOutInHeightWidth(kernel: Weights): Weights {
  const [height = 0, width = 0, c = 0, d = 0] = kernel.shape;
  return lazily([d, c, height, width], () => {
    const { values } = kernel;
    const area = height * width;
    const result = new Float32Array(values.length);
    for (let p = 0; p < area; p++)
      for (let j = 0; j < c; j++)
        for (let i = 0; i < d; i++)
          result[(i * c + j) * area + p] = values[(p * c + j) * d + i] ?? 0;
    return result;
  });
}

/** A depthwise kernel, [height, width, channels, 1], as one of a convolution with as many groups as channels. */
function ofOneChannel(kernel: Weights): Weights {
  const [height = 0, width = 0, channels = 0, multiplier = 0] = kernel.shape;
  if (multiplier !== 1) throw new Error('a depthwise convolution that multiplies its channels');
  return toOutInHeightWidth(lazily([height, width, 1, channels], () => kernel.values));
}

/**
 * Keras's networks put a row and a column of zeros after an even extent before a 3×3 convolution with stride 2 that then
 * is "valid". That is what "same" means for it, and what it means for an odd extent they did not mean.
 */
function requireUsualZeros({ name, config }: KerasLayer): void {
  if (JSON.stringify(config.padding) !== '[[0,1],[0,1]]')
    throw new Error(`${name}: zeros elsewhere than after the end`);
}

function single(keras: KerasLayer, from: readonly string[]): string {
  const [source] = from;
  if (source === undefined || from.length > 1) throw new Error(`${keras.name} needs one input`);
  return source;
}

function requireActivation({ name, config }: KerasLayer, expected: string): void {
  if (config.activation !== expected)
    throw new Error(`${name}: activation ${config.activation ?? '?'}`);
}
