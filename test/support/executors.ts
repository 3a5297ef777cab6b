import { tmpdir } from 'node:os';
import { onnxExecutor, onnxGpuExecutor } from '../../src/graph/onnx/executor.js';
import type { Executor } from '../../src/graph/executor.js';
import { openTfjs } from '../../src/graph/tfjs/load.js';
import { prerequisites, SWIFTSHADER } from './prerequisites.js';

/** Whether WebGPU can be tried here, in software. */
export const hasWebgpu = prerequisites.vulkan.isInstalled;

/** Lets WebGPU compute with SwiftShader in this process and those it starts: the same on every machine. */
export function useSwiftShader(): void {
  process.env.VK_DRIVER_FILES = SWIFTSHADER;
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // for windows, of which it will open none, but it asks
}

/** Every executor that can run here. */
export const executors: readonly (readonly [string, () => Promise<Executor>])[] = [
  ['cpu', () => Promise.resolve(onnxExecutor(2))],
  ['tfjs', openTfjs],
  ...(hasWebgpu ? [['webgpu', () => Promise.resolve(onnxGpuExecutor('webgpu'))] as const] : []),
];
