import { countArithmetic } from './arithmetic.js';
import type { Executor } from './executor.js';
import { gradientOf } from './gradient.js';
import * as op from './operations.js';
import { inputsFor } from './proof.js';
import type { Tensor } from './tensor.js';

/** A run is repeated until this long has passed: enough for a figure, and nobody is kept waiting. */
const MEASURED_MS = 300;

/**
 * How fast an executor runs a graph on made-up numbers, in GFLOP/s: the fastest of a few runs, after one to warm up.
 * @param graph with an input named `picture`, which comes anew with each run; all others are fixed
 */
export async function speedOf(
  executor: Executor,
  graph: Readonly<Record<string, Tensor>>,
): Promise<number> {
  const { picture = new Float32Array(), ...fixed } = inputsFor(graph);
  const program = await executor.compile(graph, fixed);
  try {
    await program.run({ picture });
    let fastest = Infinity;
    for (let spent = 0; spent < MEASURED_MS;) {
      const start = performance.now();
      await program.run({ picture });
      const took = performance.now() - start;
      fastest = Math.min(fastest, took);
      spent += took;
    }
    return countArithmetic(Object.values(graph)) / fastest / 1e6;
  } finally {
    await program.release();
  }
}

/** Two convolutions as painting has them, and their gradient: large enough to be worth a trip to a GPU. */
export function speedGraph(): Readonly<Record<'loss' | 'gradient', Tensor>> {
  const picture = op.input('picture', [1, 64, 128, 128]);
  const kernel = op.constant(new Float32Array(64 * 64 * 9).fill(1 / (64 * 9)), [64, 64, 3, 3]);
  const layer = op.convolve(op.relu(op.convolve(picture, kernel)), kernel);
  const loss = op.sumOfSquares(layer);
  return { loss, gradient: gradientOf(loss, picture) };
}
