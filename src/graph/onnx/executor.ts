import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { valuesOf, type Executor } from '../executor.js';
import { inBlocks } from './blocks.js';
import { encodeModel } from './format.js';
import { toOnnx } from './lower.js';
import { requireRightConvolutions } from './webgpu.js';

/*
 * The official builds of ONNX Runtime collect telemetry: outside of Windows they write an identifier to the home folder
 * and send events to Microsoft, unless this variable is set before the library is loaded; hence the late import, the
 * only one in the house (https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md, "Disabling Telemetry").
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
const { env, InferenceSession: Session, Tensor: Values } = await import('onnxruntime-node');
// Errors reach the caller as exceptions; on standard error they, and warnings about the graph, would only clutter the log.
env.logLevel = 'fatal';

/** Runs graphs on the CPU with ONNX Runtime. */
export function onnxExecutor(threads: number = availableParallelism()): Executor {
  const options = { executionProviders: ['cpu'], intraOpNumThreads: threads };
  const executor = executorOn('cpu', `ONNX Runtime, CPU, ${threads} threads`, options);
  return { ...executor, compile: (outputs, fixed) => executor.compile(inBlocks(outputs), fixed) };
}

/**
 * Runs graphs on a GPU with ONNX Runtime. Whether there is one shows when the first graph is compiled.
 *
 * The weights and what is fixed stay on the device. The picture and its gradient come and go at each run, 3 MB each at
 * 512×512 pixels: of the two, only WebGPU would let a program keep them there.
 */
export function onnxGpuExecutor(device: 'webgpu' | 'cuda'): Executor {
  const name = { webgpu: 'ONNX Runtime, WebGPU', cuda: 'ONNX Runtime, CUDA' }[device];
  const executor = executorOn(device, name, { executionProviders: [device] });
  if (device === 'cuda') return executor;
  return {
    ...executor,
    async compile(outputs, fixed) {
      requireRightConvolutions(Object.values(outputs));
      return executor.compile(outputs, fixed);
    },
  };
}

function executorOn(
  device: Executor['device'],
  name: string,
  options: InferenceSession.SessionOptions,
): Executor {
  return {
    name,
    device,
    async compile(outputs, fixed) {
      const graph = toOnnx(outputs, fixed);
      const session = await openSession(encodeModel(graph), options);
      return {
        async run(inputs) {
          const feeds: Record<string, OnnxTensor> = {};
          for (const { name, shape } of graph.inputs)
            feeds[name] = new Values('float32', valuesOf(inputs, name, shape), shape);
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
  const options = { executionProviders: ['cpu'], intraOpNumThreads: threads };
  const session = await openSession(bytes, options);
  const [input, ...others] = session.inputMetadata;
  if (input?.isTensor !== true || others.length > 0)
    throw new Error('the ONNX file has not one tensor as input');
  const shape = input.shape.map(Number); // a name for an extent that is not fixed is not a number
  return {
    async run(values) {
      const results = await session.run({ [input.name]: new Values('float32', values, shape) });
      return new Map(session.outputNames.map((name) => [name, floats(results, name)]));
    },
  };
}

function openSession(bytes: Uint8Array, options: InferenceSession.SessionOptions) {
  return Session.create(bytes, {
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    // A thread that has nothing to do looks for work for a tenth of a millisecond, and sleeps. Where it sleeps at once an iteration
    // takes 12 percent longer at 160×144 pixels, 6 at 256×192 and 3 at 512×384, since there are hundreds of small operators and waking
    // takes longer than some of them. By default threads look for a whole second, which takes the processors from whoever else
    // computes on this machine, the bot and other workers among them.
    extra: { session: { intra_op: { allow_spinning: '1', spin_duration_us: '100' } } },
    ...options,
  });
}

function floats(results: Readonly<Record<string, OnnxTensor>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no value for "${name}"`);
  return data;
}
