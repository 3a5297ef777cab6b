import { beforeAll, describe, expect, it } from 'vitest';
import type { Executor } from '../../../src/graph/executor.js';
import { gradientOf } from '../../../src/graph/gradient.js';
import { onnxGpuExecutor } from '../../../src/graph/onnx/executor.js';
import * as op from '../../../src/graph/operations.js';
import { sizeOf, type Tensor } from '../../../src/graph/tensor.js';
import { loadRecipe } from '../../../src/networks/shelf.js';
import { objectiveGraph } from '../../../src/style/objective.js';
import { vgg19Shape } from '../../bench/shapes.js';
import { executors, hasWebgpu, useSwiftShader } from '../../support/executors.js';
import { cases, fixed, IMAGE, MATRIX, probe } from '../../support/operations.js';
import { randomInputs, toFloat64, values } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';
import { tinyRecipe } from '../../support/tiny-network.js';

/*
 * What every executor must do, on every device that there is, held against plain float64 loops.
 */

const recipes = [
  ['a tiny network', () => tinyRecipe],
  ['InceptionV3', () => loadRecipe('inception-v3')],
  ['VGG-19 with fewer channels', () => vgg19Shape(16)],
] as const;

/** Of loss and gradient; on the CPU it must be tighter. */
const TOLERANCE = 1e-3;
const TOLERANCE_CPU = 1e-4;

/** ‖a − b‖ / ‖b‖ */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? NaN;
    error += ((actual[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(error / norm);
}

useSwiftShader();

describe.each(executors)('the executor on %s', (device, open) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await open();
  });

  async function computed<Output extends string>(
    outputs: Readonly<Record<Output, Tensor>>,
    inputs: Readonly<Record<string, Float32Array>>,
  ) {
    const program = await executor.compile(outputs);
    try {
      return await program.run(inputs);
    } finally {
      await program.release();
    }
  }

  it('says what it is', () => {
    expect(executor.device).toBe(device);
    expect(executor.name).toMatch(/^(ONNX Runtime|TensorFlow\.js), /);
  });

  it.each(
    Object.entries(cases).flatMap(([name, variants]) =>
      variants.map(([shape, f], i) => ({ name, shape, f, i })),
    ),
  )('computes $name and its gradient (variant $i)', async ({ shape, f, i }) => {
    const x = op.input('x', shape);
    const y = f(x);
    const outputs = { y, gradient: gradientOf(probe(y), x) };
    const at = values(sizeOf(shape), 40 + i);
    const expected = evaluate(outputs, { x: Float64Array.from(at) });
    const actual = await computed(outputs, { x: at });
    for (const name of ['y', 'gradient'] as const) {
      expect(actual[name]).toHaveLength(expected[name].length);
      // Sums of at most a few hundred float32 products of order 1.
      for (const [k, value] of actual[name].entries())
        expect(value).toBeCloseTo(expected[name][k] ?? NaN, 4);
    }
  });

  it.each(recipes)('computes loss and gradient of %s', async (_, load) => {
    const recipe = await load();
    const graph = objectiveGraph(recipe, { width: 32, height: 16 }, { hasFaces: true, tiles: 2 });
    const inputs = randomInputs(graph);
    const expected = evaluate(graph, toFloat64(inputs));
    const actual = await computed(graph, inputs);
    const tolerance = device === 'cpu' ? TOLERANCE_CPU : TOLERANCE;
    for (const name of ['style', 'content', 'variation', 'gradient'] as const)
      expect(relativeError(actual[name], expected[name]), name).toBeLessThan(tolerance);
  });

  it('runs a program many times, with what is fixed given once', async () => {
    const [x, y] = [op.input('x', IMAGE), op.input('y', IMAGE)];
    const size = sizeOf(IMAGE);
    const program = await executor.compile({ sum: op.add(x, y) }, { y: values(size, 1) });
    for (const seed of [2, 3]) {
      const at = values(size, seed);
      const { sum } = await program.run({ x: at });
      const expected = values(size, 1).map((value, i) => value + (at[i] ?? NaN));
      expect(relativeError(sum, expected)).toBeLessThan(1e-6);
    }
    await program.release();
  });

  it('gives one tensor under two names, and an input as it is', async () => {
    const x = op.input('x', MATRIX);
    const y = op.transpose(x);
    const at = values(sizeOf(MATRIX), 4);
    const { one, other, same } = await computed({ one: y, other: y, same: x }, { x: at });
    expect(one).toEqual(other);
    expect(same).toEqual(at);
  });

  it('keeps apart a constant that is both a kernel and a picture', async () => {
    const kernel = fixed([3, 3, 1, 1], 5);
    const x = op.input('x', [1, 3, 1, 3]);
    const product = op.multiply(op.convolve(x, kernel), op.reshape(kernel, [1, 3, 1, 3]));
    const at = values(9, 6);
    const expected = evaluate({ product }, { x: Float64Array.from(at) });
    const actual = await computed({ product }, { x: at });
    expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-5);
  });

  it.each([
    ['is missing', {}, 'no values'],
    ['has the wrong number of values', { x: new Float32Array(2) }, '2 values'],
  ])('says so if an input %s', async (_, inputs, message) => {
    const program = await executor.compile({ y: op.relu(op.input('x', MATRIX)) });
    await expect(program.run(inputs)).rejects.toThrow(message);
    await program.release();
  });
});

describe.runIf(hasWebgpu)('convolutions that ONNX Runtime computes wrong on WebGPU', () => {
  const convolution = (from: number, to: number) => {
    const x = op.input('x', [1, from, 4, 6]);
    return { y: op.convolve(x, fixed([to, from, 3, 3], from)) };
  };

  it.each([
    [6, 4],
    [9, 8],
    [15, 4],
  ])('are refused: %i channels to %i', async (from, to) => {
    const compiling = onnxGpuExecutor('webgpu').compile(convolution(from, to));
    await expect(compiling).rejects.toThrow(`a convolution of ${from} channels`);
  });

  it.each([
    [3, 4],
    [5, 4],
    [6, 5],
    [9, 3],
    [12, 4],
  ])('are no others: %i channels to %i', async (from, to) => {
    const graph = convolution(from, to);
    const x = values(from * 24, 7);
    const program = await onnxGpuExecutor('webgpu').compile(graph);
    const { y } = await program.run({ x });
    await program.release();
    const expected = evaluate(graph, { x: Float64Array.from(x) });
    expect(relativeError(y, expected.y)).toBeLessThan(1e-5);
  });
});
