import { tmpdir } from 'node:os';
import { prerequisites, SWIFTSHADER } from './prerequisites.js';

/** Whether WebGPU can be tried here, in software. */
export const hasWebgpu = prerequisites.vulkan.isInstalled;

/** Lets WebGPU compute with SwiftShader, here and in processes that start later: the same everywhere. */
export function useSwiftShader(): void {
  process.env.VK_DRIVER_FILES = SWIFTSHADER;
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // the driver asks for it, for windows that it never opens
}
