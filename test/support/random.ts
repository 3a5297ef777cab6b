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
