import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/graph/devices.js';
import { onnxExecutor, onnxGpuExecutor } from '../../src/graph/onnx/executor.js';
import * as op from '../../src/graph/operations.js';
import { prove } from '../../src/graph/proof.js';
import { executorContract } from '../support/executor-contract.js';
import { fixed } from '../support/operations.js';
import { values } from '../support/random.js';
import { evaluate } from '../support/reference.js';
import { relativeError } from '../support/relative-error.js';
import { hasWebgpu, useSwiftShader } from '../support/webgpu.js';

useSwiftShader();

describe.runIf(hasWebgpu)('WebGPU, in software', () => {
  executorContract('webgpu', () => Promise.resolve(onnxGpuExecutor('webgpu')));

  it('is chosen if it is asked for', async () => {
    const { executor, problems } = await openDevice('webgpu');
    expect(executor.device).toBe('webgpu');
    expect(problems).toEqual([]);
  });

  it('passes the proof that a device computes right', async () => {
    await expect(prove(onnxGpuExecutor('webgpu'), onnxExecutor(1))).resolves.toBeUndefined();
  });

  describe('convolutions that ONNX Runtime computes wrong on WebGPU', () => {
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
});
