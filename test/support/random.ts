import { inOrder, sizeOf, type Tensor } from '../../src/graph/tensor.js';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers in [-1, 1) that are the same in every run. */
export function seeded(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  return () => 2 * uniformFloat64(random) - 1;
}

/** `count` such numbers, exactly representable as float32, so that both precisions start from the same values. */
export function values(count: number, seed: number): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length: count }, random);
}

/** Random values for every input of the graph, of the order that each has in use. */
export function randomInputs(
  outputs: Readonly<Record<string, Tensor>>,
): Record<string, Float32Array> {
  const inputs: Record<string, Float32Array> = {};
  for (const { operation, shape } of inOrder(Object.values(outputs)))
    if (operation.type === 'input')
      inputs[operation.name] = values(sizeOf(shape), 7).map((value) => 0.5 + 0.5 * value);
  return inputs;
}

/** The same values for the reference. */
export function toFloat64(
  inputs: Readonly<Record<string, Float32Array>>,
): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, Float64Array.from(value)]),
  );
}
