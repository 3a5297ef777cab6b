import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Executor, Values } from './executor.js';
import { gradientOf } from './gradient.js';
import * as op from './operations.js';
import { inOrder, sizeOf, type Shape, type Tensor } from './tensor.js';

/**
 * How far a device's losses and gradient may be from the CPU's. Correct ones differ by some 1e-6; a driver's half
 * precision, or a wrong operation, is beyond.
 */
const TOLERANCE = 1e-3;

/** A device that computes something else than the CPU. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/**
 * Has a device compute a small graph, and holds what comes out against the CPU.
 * @throws WrongResult if that is something else; whatever the device throws that cannot compute it
 */
export async function prove(executor: Executor, cpu: Executor): Promise<void> {
  const graph = proofGraph();
  const inputs = inputsFor(graph);
  const [actual, expected] = [
    await computed(executor, graph, inputs),
    await computed(cpu, graph, inputs),
  ];
  for (const name of ['loss', 'gradient'] as const) {
    const error = relativeError(actual[name], expected[name]);
    if (!(error < TOLERANCE))
      throw new WrongResult(
        `its ${name} differs from the CPU's by ${(100 * error).toPrecision(2)} percent`,
      );
  }
}

/**
 * Every operation that there is, forward or backward, in one loss. It is so small that no number comes near a kink, where
 * rounding would choose the other side.
 */
export function proofGraph(): Readonly<Record<'loss' | 'gradient', Tensor>> {
  const number = random();
  const constant = (shape: Shape) =>
    op.constant(Float32Array.from({ length: sizeOf(shape) }, number), shape);
  const picture = op.input('picture', [1, 3, 8, 12]);
  const deep = op.convolve(op.spaceToDepth(picture), constant([8, 12, 3, 3]));
  const flat = op.convolve(picture, constant([8, 3, 3, 3]), constant([8]));
  const wide = op.relu(op.add(flat, op.upsample(deep)));
  const pooled = op.averagePool(wide);
  const layer = op.concatenate([
    op.convolve(pooled, constant([4, 8, 1, 5]), constant([4])),
    op.convolve(op.boxFilter(pooled), constant([8, 1, 3, 3])),
  ]);
  const gram = op.scale(op.gram(op.reshape(layer, [12, 24])), 1 / 24);
  const style = op.sum(op.abs(op.subtract(gram, op.input('style', gram.shape))));
  const neighbors = op.subtract(op.slice(picture, 2, 1, 8), op.slice(picture, 2, 0, 7));
  const variation = op.add(op.sumOfSquares(neighbors), op.sum(op.multiply(picture, picture)));
  const loss = op.add(op.multiply(op.input('weight', []), style), variation);
  return { loss, gradient: gradientOf(loss, picture) };
}

async function computed(
  executor: Executor,
  graph: ReturnType<typeof proofGraph>,
  { picture = new Float32Array(), ...fixed }: Values,
): Promise<Readonly<Record<'loss' | 'gradient', Float32Array>>> {
  const program = await executor.compile(graph, fixed);
  try {
    return await program.run({ picture });
  } finally {
    await program.release();
  }
}

/** Random values for every input of a graph, the same each time. */
export function inputsFor(outputs: Readonly<Record<string, Tensor>>): Values {
  const number = random();
  const inputs: Record<string, Float32Array> = {};
  for (const { operation, shape } of inOrder(Object.values(outputs)))
    if (operation.type === 'input')
      inputs[operation.name] = Float32Array.from({ length: sizeOf(shape) }, number);
  return inputs;
}

/** ‖a − b‖ / ‖b‖; NaN if anything is not a number. */
function relativeError(a: Float32Array, b: Float32Array): number {
  const square = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(square(b.map((value, i) => value - (a[i] ?? NaN))) / square(b));
}

/** Numbers in [-1, 1). */
function random(): () => number {
  const generator = xoroshiro128plus(1);
  return () => 2 * uniformFloat64(generator) - 1;
}
