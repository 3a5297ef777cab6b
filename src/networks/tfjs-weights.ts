import { z } from 'zod';
import { lazily, type Weights } from './network.js';

/*
 * The weights of a model in the TensorFlow.js format: tensors one after the other, each possibly quantized to uint8
 * (https://github.com/tensorflow/tfjs/tree/master/tfjs-converter, "quantization").
 */

export const manifestSchema = z.array(
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
);
type Manifest = z.infer<typeof manifestSchema>;

/**
 * The weights by name, from the shards' bytes, joined.
 * @throws Error if there are too few bytes, or too many
 */
export function readWeights(manifest: Manifest, bytes: Uint8Array): ReadonlyMap<string, Weights> {
  const weights = new Map<string, Weights>();
  let offset = 0;
  for (const { name, shape, quantization } of manifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const end = offset + count * (quantization === undefined ? 4 : 1);
    if (end > bytes.length) throw new Error(`the weights end before ${name}`);
    const part = bytes.subarray(offset, end);
    const values = () =>
      quantization === undefined
        ? new Float32Array(new Uint8Array(part).buffer) // of a copy, which is aligned
        : dequantized(part, quantization);
    weights.set(name, lazily(shape, values));
    offset = end;
  }
  if (offset !== bytes.length)
    throw new Error(`${bytes.length - offset} bytes after the last weight`);
  return weights;
}

// Runs over millions of numbers at every start, so it is a loop and not `map`.
function dequantized(quantized: Uint8Array, { min, scale }: { min: number; scale: number }) {
  const values = new Float32Array(quantized.length);
  for (let i = 0; i < values.length; i++) values[i] = (quantized[i] ?? 0) * scale + min;
  return values;
}

/** @throws Error if there is no such tensor */
export function find(weights: ReadonlyMap<string, Weights>, name: string): Weights {
  const found = weights.get(name);
  if (found === undefined) throw new Error(`the weights lack ${name}`);
  return found;
}
