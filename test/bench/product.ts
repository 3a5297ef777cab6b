import { countArithmetic } from '../../src/graph/arithmetic.js';
import type { Executor } from '../../src/graph/executor.js';
import * as op from '../../src/graph/operations.js';
import { values } from '../support/random.js';

/** Large enough that the product runs at the machine's full speed, small enough to be repeated. */
const SIDE = 2048;

/** A large matrix product, the ceiling against which everything else is measured: what one run of it makes in GFLOP/s. */
export async function matrixProduct(executor: Executor): Promise<() => Promise<number>> {
  const square = [SIDE, SIDE];
  const product = { c: op.matmul(op.input('a', square), op.input('b', square)) };
  const matrix = values(SIDE * SIDE, 2);
  const program = await executor.compile(product);
  return async () => {
    const start = performance.now();
    await program.run({ a: matrix, b: matrix });
    return countArithmetic(Object.values(product)) / (performance.now() - start) / 1e6;
  };
}
