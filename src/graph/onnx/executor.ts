import { availableParallelism } from 'node:os';
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Executor } from '../executor.js';
import { inBlocks } from './blocks.js';
import { encodeModel } from './format.js';
import { toOnnx } from './lower.js';

/*
 * The official builds of ONNX Runtime collect telemetry: outside of Windows they write an identifier to the home folder
 * and send events to Microsoft, unless this variable is set before the library is loaded; hence the late import, the
 * only one in the house (https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md, "Disabling Telemetry").
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

/** Runs graphs on the CPU with ONNX Runtime. */
export function onnxExecutor(threads: number = availableParallelism()): Executor {
  return {
    name: `ONNX Runtime, CPU, ${threads} threads`,
    device: 'cpu',
    async compile(outputs) {
      const graph = toOnnx(inBlocks(outputs));
      const session = await openSession(encodeModel(graph), threads);
      return {
        async run(inputs) {
          const feeds: Record<string, OnnxTensor> = {};
          for (const { name, shape } of graph.inputs) {
            const values = inputs[name];
            if (values === undefined) throw new Error(`no value for the input "${name}"`);
            feeds[name] = new Tensor('float32', values, shape);
          }
          const results = await session.run(feeds);
          const named = Object.keys(outputs).map((name) => [name, floats(results, `out.${name}`)]);
          return Object.fromEntries(named) as Record<keyof typeof outputs, Float32Array>;
        },
        release: () => session.release(),
      };
    },
  };
}

/** A network that came as an ONNX file of somebody else's, with one input, ready to run. */
export interface OnnxModel {
  /** From the values of the input to those of every output, by name; all row-major. */
  run(values: Float32Array): Promise<ReadonlyMap<string, Float32Array>>;
}

/**
 * Opens the bytes of an ONNX file.
 * @throws Error if they are none, or the network has not one input of a fixed shape
 */
export async function openModel(
  bytes: Uint8Array,
  threads: number = availableParallelism(),
): Promise<OnnxModel> {
  const session = await openSession(bytes, threads);
  const [input, ...others] = session.inputMetadata;
  if (input?.isTensor !== true || others.length > 0)
    throw new Error('the ONNX file has not one tensor as input');
  const shape = input.shape.map(Number); // a name for an extent that is not fixed is not a number
  return {
    async run(values) {
      const results = await session.run({ [input.name]: new Tensor('float32', values, shape) });
      return new Map(session.outputNames.map((name) => [name, floats(results, name)]));
    },
  };
}

function openSession(bytes: Uint8Array, threads: number) {
  return InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    // Errors reach the caller as exceptions; warnings about the graph would only clutter the log.
    logSeverityLevel: 3,
  });
}

function floats(results: Readonly<Record<string, OnnxTensor>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no value for "${name}"`);
  return data;
}
