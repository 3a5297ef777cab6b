import { beforeAll, describe, expect, it } from 'vitest';
import type { Device, Executor } from '../../src/graph/executor.js';
import { gradientOf } from '../../src/graph/gradient.js';
import * as op from '../../src/graph/operations.js';
import { sizeOf, type Tensor } from '../../src/graph/tensor.js';
import { loadRecipe } from '../../src/networks/shelf.js';
import { objectiveGraph } from '../../src/style/objective.js';
import { vgg19Shape } from '../bench/shapes.js';
import { cases, fixed, IMAGE, MATRIX, probe } from './operations.js';
import { randomInputs, toFloat64, values } from './random.js';
import { evaluate } from './reference.js';
import { relativeError } from './relative-error.js';
import { tinyRecipe } from './tiny-network.js';

/* An executor is compared with plain float64 loops. */

const recipes = [
  ['a tiny network', () => tinyRecipe],
  ['InceptionV3', () => loadRecipe('inception-v3')],
  ['VGG-19 with fewer channels', () => vgg19Shape(16)],
] as const;

/** Of loss and gradient; on the CPU it must be tighter. */
const TOLERANCE = 1e-3;
const TOLERANCE_CPU = 1e-4;

/** What every executor promises, on the device that it names. */
export function executorContract(device: Device, open: () => Promise<Executor>): void {
  describe(`the executor on ${device}`, () => {
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
}
