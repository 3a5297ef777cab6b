import { z } from 'zod';
import { INPUT, type Layer, type Network, type Weights } from './network.js';

/*
 * Reads a network in the TensorFlow.js layers format: a Keras topology as JSON and the weights as bytes, each tensor
 * possibly quantized to uint8 (https://github.com/tensorflow/tfjs/tree/master/tfjs-converter, "quantization").
 * Only what convolutional feature extractors are made of is understood; layers after the features (flatten, dense,
 * dropout) are left out.
 */

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string(),
  inbound_nodes: z.array(z.array(z.tuple([z.string()], z.unknown()))),
  config: z.object({
    strides: z.array(z.number()).optional(),
    pool_size: z.array(z.number()).optional(),
    activation: z.string().optional(),
    epsilon: z.number().optional(),
  }),
});
type KerasLayer = z.infer<typeof layerSchema>;

const modelSchema = z.object({
  modelTopology: z.object({
    model_config: z.object({ config: z.object({ layers: z.array(layerSchema) }) }),
  }),
  weightsManifest: z.array(
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().nonnegative()),
          dtype: z.literal('float32'),
          quantization: z
            .object({ min: z.number(), scale: z.number(), dtype: z.literal('uint8') })
            .optional(),
        }),
      ),
    }),
  ),
});
type Manifest = z.infer<typeof modelSchema>['weightsManifest'];

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

  for (const keras of modelTopology.model_config.config.layers) {
    const from = (keras.inbound_nodes[0] ?? []).map(([source]) => standsFor.get(source) ?? source);
    if (keras.class_name === 'InputLayer') {
      standsFor.set(keras.name, INPUT);
    } else if (keras.class_name === 'BatchNormalization') {
      const source = single(keras, from);
      layers.set(source, foldBatchNorm(keras, layers.get(source), weights));
      standsFor.set(keras.name, source);
    } else {
      const layer = toLayer(keras, from, weights);
      if (layer === undefined) break; // the classifier's head begins here
      layers.set(keras.name, layer);
    }
  }
  return { name, layers };
}

function toLayer(
  keras: KerasLayer,
  from: readonly string[],
  weights: ReadonlyMap<string, Weights>,
): Layer | undefined {
  const { strides = [1, 1], pool_size: pool = [], activation } = keras.config;
  switch (keras.class_name) {
    case 'Conv2D': {
      const kernel = toOutInHeightWidth(find(weights, `${keras.name}/kernel`));
      const bias = weights.get(`${keras.name}/bias`)?.values;
      return {
        type: 'convolution',
        from: [single(keras, from)],
        kernel,
        bias: bias ?? new Float32Array(kernel.shape[0] ?? 0),
        stride: strides[0] === 2 ? 2 : 1,
      };
    }
    case 'Activation':
      if (activation !== 'relu') throw new Error(`${keras.name}: activation ${activation ?? '?'}`);
      return { type: 'relu', from: [single(keras, from)] };
    case 'MaxPooling2D':
      return { type: 'pool', from: [single(keras, from)] };
    case 'AveragePooling2D':
      if (strides[0] !== 1 || pool[0] !== 3) return undefined;
      return { type: 'boxFilter', from: [single(keras, from)] };
    case 'Concatenate':
      return { type: 'concatenate', from };
    default:
      return undefined;
  }
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
  const values = new Float32Array(source.kernel.values.length);
  const perChannel = values.length / factor.length;
  for (const [channel, f] of factor.entries())
    for (let i = channel * perChannel; i < (channel + 1) * perChannel; i++)
      values[i] = (source.kernel.values[i] ?? 0) * f;
  return {
    ...source,
    kernel: { shape: source.kernel.shape, values },
    bias: source.bias.map(
      (b, channel) => (b - (mean[channel] ?? 0)) * (factor[channel] ?? 1) + (beta?.[channel] ?? 0),
    ),
  };
}

function readWeights(manifest: Manifest, bytes: Uint8Array): ReadonlyMap<string, Weights> {
  const weights = new Map<string, Weights>();
  let offset = 0;
  for (const { name, shape, quantization } of manifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const end = offset + count * (quantization === undefined ? 4 : 1);
    if (end > bytes.length) throw new Error(`the weights end before ${name}`);
    const part = new Uint8Array(bytes.subarray(offset, end)); // a copy, so that it is aligned
    const values =
      quantization === undefined ? new Float32Array(part.buffer) : dequantized(part, quantization);
    weights.set(name, { shape, values });
    offset = end;
  }
  if (offset !== bytes.length)
    throw new Error(`${bytes.length - offset} bytes after the last weight`);
  return weights;
}

// The two loops below run over 22 million numbers at every start, so they are loops and not `map`.

function dequantized(quantized: Uint8Array, { min, scale }: { min: number; scale: number }) {
  const values = new Float32Array(quantized.length);
  for (let i = 0; i < values.length; i++) values[i] = (quantized[i] ?? 0) * scale + min;
  return values;
}

/** From TensorFlow's [height, width, in, out] to [out, in, height, width]. */
function toOutInHeightWidth({ shape, values }: Weights): Weights {
  const [height = 0, width = 0, c = 0, d = 0] = shape;
  const area = height * width;
  const result = new Float32Array(values.length);
  for (let p = 0; p < area; p++)
    for (let j = 0; j < c; j++)
      for (let i = 0; i < d; i++) result[(i * c + j) * area + p] = values[(p * c + j) * d + i] ?? 0;
  return { shape: [d, c, height, width], values: result };
}

function find(weights: ReadonlyMap<string, Weights>, name: string): Weights {
  const found = weights.get(name);
  if (found === undefined) throw new Error(`the weights lack ${name}`);
  return found;
}

function single(keras: KerasLayer, from: readonly string[]): string {
  const [source] = from;
  if (source === undefined || from.length > 1) throw new Error(`${keras.name} needs one input`);
  return source;
}
