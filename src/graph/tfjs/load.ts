import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Executor } from '../executor.js';
import { tfjsExecutor } from './executor.js';
import type { TensorFlow } from './layout.js';

/** Packages that bring TensorFlow.js with a native library, the fastest first. */
const native = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const WASM = '@tensorflow/tfjs-backend-wasm';

const require = createRequire(import.meta.url);

/** By a few of its functions one knows the package; for the rest, its types say that it has those of the core. */
const tensorFlowSchema = z.custom<TensorFlow>(
  (value) => z.looseObject({ tidy: z.function(), ready: z.function() }).safeParse(value).success,
  'this is not TensorFlow.js',
);

/** Whether TensorFlow.js for NVIDIA's GPUs is installed; it is not loaded to find out. */
export function hasTfjsGpu(): boolean {
  return isInstalled(native[0]);
}

/** Whether any TensorFlow.js is installed. */
export function hasTfjs(): boolean {
  return [...native, WASM].some(isInstalled);
}

/**
 * TensorFlow.js as the operator has installed it: for a GPU, for the CPU, or in WebAssembly.
 * @throws Error if it is not, or cannot be loaded
 */
export async function openTfjs(): Promise<Executor> {
  const packaged = native.find(isInstalled);
  if (packaged !== undefined) return ready(tensorFlowSchema.parse(require(packaged)), packaged);
  if (!isInstalled(WASM))
    throw new Error('TensorFlow.js is not installed; docs/devices.md tells how');
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(require.resolve(WASM)), '/'));
  await tf.setBackend('wasm');
  return ready(tf, WASM);
}

async function ready(tf: TensorFlow, packaged: string): Promise<Executor> {
  tf.enableProdMode(); // no advice on the console, no second look at every argument
  await tf.ready();
  return tfjsExecutor(tf, `TensorFlow.js, ${packaged}, backend ${tf.getBackend()}`);
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
