import { lineOf } from '../reason.js';
import type { Device, DeviceChoice, Executor } from './executor.js';
import { hasGpu, hasNvidiaGpu, hideSoftwareGpus } from './gpus.js';
import { hasOnnxCuda } from './onnx/cuda.js';
import { onnxExecutor, onnxGpuExecutor } from './onnx/executor.js';
import { prove } from './proof.js';
import { speedGraph, speedOf } from './speed.js';
import { hasTfjs, hasTfjsGpu, openTfjs } from './tfjs/load.js';

/** Any device but the one that is always there. */
type OtherDevice = Exclude<Device, 'cpu'>;

/** What graphs are computed on, and what else was wanted and why it is not that: a sentence each. */
export interface Opened {
  readonly executor: Executor;
  readonly problems: readonly string[];
}

/**
 * Opens the device that is asked for; or the first of CUDA, WebGPU and TensorFlow.js that has a GPU and is faster than the
 * CPU. It must compute a small graph as the CPU does. If none can, it is the CPU.
 *
 * A driver that crashes takes the process along, so the bot does this in its worker.
 */
export async function openDevice(choice: DeviceChoice): Promise<Opened> {
  const cpu = onnxExecutor();
  if (choice === 'cpu') return { executor: cpu, problems: [] };
  if (choice === 'auto') hideSoftwareGpus();
  const problems: string[] = [];
  for (const device of choice === 'auto' ? likely() : [choice]) {
    try {
      const executor = await openProven(device);
      if (choice !== 'auto' || (await isFaster(executor, cpu))) return { executor, problems };
      problems.push(`the device ${device} is slower than the CPU, which computes instead`);
    } catch (error) {
      problems.push(`the device ${device} cannot be used (${deviceProblem(error)})`);
    }
  }
  return { executor: cpu, problems };
}

/**
 * A device that has shown that it computes what the CPU does.
 * @throws Error if it does not, or cannot compute at all
 */
export async function openProven(device: Device): Promise<Executor> {
  const cpu = onnxExecutor();
  if (device === 'cpu') return cpu;
  const executor = device === 'tfjs' ? await openTfjs() : onnxGpuExecutor(device);
  await prove(executor, cpu);
  return executor;
}

/** Why a device is not there, as far as a look at the machine tells; undefined if one has to try. */
export function absenceOf(device: Device): string | undefined {
  switch (device) {
    case 'cpu':
      return undefined;
    case 'cuda':
      if (!hasNvidiaGpu()) return 'there is no NVIDIA GPU';
      return hasOnnxCuda()
        ? undefined
        : 'ONNX Runtime’s library for CUDA is not installed; docs/devices.md tells how';
    case 'webgpu':
      return hasGpu() ? undefined : 'there is no GPU';
    case 'tfjs':
      return hasTfjs() ? undefined : 'TensorFlow.js is not installed; docs/devices.md tells how';
  }
}

/** The devices of GPUs that seem to be there, the best first. */
function likely(): readonly OtherDevice[] {
  const isLikely: Readonly<Record<OtherDevice, boolean>> = {
    cuda: absenceOf('cuda') === undefined,
    webgpu: absenceOf('webgpu') === undefined,
    tfjs: hasTfjsGpu() && hasNvidiaGpu(),
  };
  return (['cuda', 'webgpu', 'tfjs'] as const).filter((device) => isLikely[device]);
}

async function isFaster(executor: Executor, cpu: Executor): Promise<boolean> {
  const graph = speedGraph();
  return (await speedOf(executor, graph)) > (await speedOf(cpu, graph));
}

/**
 * What went wrong with a device, in a line: runtimes tell their whole history, and ONNX Runtime says where in its source it
 * checked what before it says what is the matter.
 */
export function deviceProblem(error: unknown): string {
  return lineOf(error).replace(/^.* was false\. /, '');
}
