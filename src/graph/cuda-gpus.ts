import type { DeviceChoice } from './executor.js';
import { hasNvidiaGpu, nvidiaGpus } from './gpus.js';
import { hasOnnxCuda } from './onnx/cuda.js';
import { hasTfjsGpu } from './tfjs/load.js';

/*
 * Which GPUs workers are shown. It is asked by who starts them, and does not compute: nothing here loads a runtime.
 */

/** Whether programs that may choose for themselves compute with CUDA here, each on one of several GPUs. */
export function mayUseCuda(choice: DeviceChoice): boolean {
  const isPossible: Readonly<Record<DeviceChoice, () => boolean>> = {
    auto: () => hasOnnxCuda() || hasTfjsGpu(),
    cuda: hasOnnxCuda,
    tfjs: hasTfjsGpu,
    webgpu: () => false,
    cpu: () => false,
  };
  return hasNvidiaGpu() && isPossible[choice]();
}

/** The GPUs to share out among workers; none, if they compute on something else. See `nvidiaGpus`. */
export async function cudaGpus(choice: DeviceChoice): Promise<readonly string[]> {
  return mayUseCuda(choice) ? nvidiaGpus() : [];
}
