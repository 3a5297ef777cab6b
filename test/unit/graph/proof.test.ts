import { describe, expect, it } from 'vitest';
import type { Executor } from '../../../src/graph/executor.js';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { inputsFor, proofGraph, prove, WrongResult } from '../../../src/graph/proof.js';
import * as op from '../../../src/graph/operations.js';
import { rewritten } from '../../../src/graph/rewrite.js';
import { inOrder, type Tensor } from '../../../src/graph/tensor.js';
import { openTfjs } from '../../../src/graph/tfjs/load.js';
import { cases } from '../../support/operations.js';
import { toFloat64 } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';

const cpu = onnxExecutor(1);

/** The CPU, but what comes out is not what it computed. */
function spoiled(spoil: (value: number, i: number) => number): Executor {
  return {
    ...cpu,
    async compile(outputs, fixed) {
      const program = await cpu.compile(outputs, fixed);
      return {
        ...program,
        async run(inputs) {
          const results = await program.run(inputs);
          for (const values of Object.values<Float32Array>(results)) values.set(values.map(spoil));
          return results;
        },
      };
    },
  };
}

describe('the proof that a device computes right', () => {
  it.each([
    ['cpu', () => Promise.resolve(onnxExecutor(2))],
    ['tfjs', openTfjs],
  ])('is given by %s', async (_, open) => {
    await expect(prove(await open(), cpu)).resolves.toBeUndefined();
  });

  it.each([
    ['is one percent off', (value: number) => 1.01 * value],
    ['is wrong in one place', (value: number, i: number) => (i === 100 ? value + 10 : value)],
    ['is not a number', () => NaN],
    ['is nothing', () => 0],
  ])('is not given by what %s', async (_, spoil) => {
    await expect(prove(spoiled(spoil), cpu)).rejects.toThrow(WrongResult);
  });

  it('is not given by what takes one pixel of four for their mean', async () => {
    const picking: Executor = {
      ...cpu,
      compile: (outputs, fixed) => cpu.compile(rewritten(outputs, picked), fixed),
    };
    await expect(prove(picking, cpu)).rejects.toThrow(WrongResult);
  });

  it('takes every operation that there is', () => {
    const used = inOrder(Object.values(proofGraph())).map(({ operation }) => operation.type);
    expect(new Set(used)).toEqual(new Set(['input', 'constant', ...Object.keys(cases)]));
  });

  it('keeps away from kinks, where rounding would decide', () => {
    const graph = proofGraph();
    const kinked = inOrder(Object.values(graph)).flatMap(({ operation, inputs }) =>
      ['relu', 'abs'].includes(operation.type) ? inputs : [],
    );
    expect(kinked).toHaveLength(2);
    const before = evaluate(Object.fromEntries(kinked.entries()), toFloat64(inputsFor(graph)));
    for (const values of Object.values(before))
      expect(Math.min(...values.map(Math.abs))).toBeGreaterThan(1e-4); // rounding is a hundred times less
  });
});

/** In place of an average pool, the upper left pixel of each block. */
function picked(tensor: Tensor): Tensor {
  const [x = tensor] = tensor.inputs;
  return tensor.operation.type === 'averagePool'
    ? op.slice(op.spaceToDepth(x), 1, 0, x.shape[1] ?? 0)
    : tensor;
}
