import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

/*
 * Which GPUs the operating system shows, found out without loading anything that could fail on a machine without one.
 */

/** Whether there is a GPU for WebGPU; on Windows and macOS there always is, and only trying tells more. */
export function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  return hasNvidiaGpu() || filesIn('/dev/dri').some((name) => name.startsWith('renderD'));
}

/** Whether there is a GPU for CUDA, which our runtimes have on Linux alone; /dev/dxg is the one of Windows, seen from WSL. */
export function hasNvidiaGpu(): boolean {
  return filesIn('/dev').some((name) => /^(nvidia\d+|dxg)$/.test(name));
}

/**
 * From now on, Vulkan in this process does not know the drivers that only pretend to be a GPU, Mesa's llvmpipe and
 * SwiftShader, unless the operator has settled otherwise which it knows.
 * https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderInterfaceArchitecture.md, "Driver Disabling"
 */
export function hideSoftwareGpus(): void {
  process.env.VK_LOADER_DRIVERS_DISABLE ??= '*lvp*,*swiftshader*';
}

/** NVIDIA's tool may wait for a driver that hangs. */
const LISTING_MS = 10_000;

/**
 * The NVIDIA GPUs that programs may use, each by a name that CUDA_VISIBLE_DEVICES takes; none if they cannot be listed.
 */
export async function nvidiaGpus(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const { CUDA_VISIBLE_DEVICES: visible } = environment;
  if (visible !== undefined) return namesIn(visible.replaceAll(',', '\n'));
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=uuid', '--format=csv,noheader'],
      { timeout: LISTING_MS, env: environment },
    );
    return namesIn(stdout);
  } catch {
    return [];
  }
}

/** One name a line, up to the first that is none: so CUDA reads its list, of which -1 is the usual end. */
function namesIn(list: string): readonly string[] {
  const lines = list.trim().split(/\s*\n\s*/);
  const end = lines.findIndex((line) => !/^(\d+|(GPU|MIG)-[\w/-]+)$/.test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
