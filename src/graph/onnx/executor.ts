import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Executor } from '../executor.js';
import { encodeModel } from './format.js';
import { toOnnx } from './lower.js';

/** Runs graphs on the CPU with ONNX Runtime. */
export function onnxExecutor(threads: number = availableParallelism()): Executor {
  return {
    name: `ONNX Runtime, CPU, ${threads} threads`,
    device: 'cpu',
    async compile(outputs) {
      const graph = toOnnx(outputs);
      const session = await InferenceSession.create(encodeModel(graph), {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: threads,
        // Errors reach the caller as exceptions; warnings about our own graph would only clutter the log.
        logSeverityLevel: 3,
      });
      return {
        async run(inputs) {
          const feeds: Record<string, OnnxTensor> = {};
          for (const { name, shape } of graph.inputs) {
            const values = inputs[name];
            if (values === undefined) throw new Error(`no value for the input "${name}"`);
            feeds[name] = new OnnxTensor('float32', values, shape);
          }
          const results = await session.run(feeds);
          const read = (name: string) => {
            const data = results[`out.${name}`]?.data;
            if (!(data instanceof Float32Array)) throw new Error(`no value for "${name}"`);
            return data;
          };
          const named = Object.keys(outputs).map((name) => [name, read(name)]);
          return Object.fromEntries(named) as Record<keyof typeof outputs, Float32Array>;
        },
        release: () => session.release(),
      };
    },
  };
}
