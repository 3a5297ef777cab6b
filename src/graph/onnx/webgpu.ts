import { inOrder, type Tensor } from '../tensor.js';

/**
 * Where a convolution has a multiple of 3 channels, other than 3 itself, that is not one of 4, and makes a
 * multiple of 4 of them, this version of the runtime reads the wrong ones (conv2d_mm.cc, `xCh / 4`). No network of ours
 * has any.
 * @throws Error if there is one
 */
export function requireRightConvolutions(outputs: readonly Tensor[]): void {
  for (const { operation, shape, inputs } of inOrder(outputs)) {
    if (operation.type !== 'convolve') continue;
    const [, , kernelHeight = 1, kernelWidth = 1] = inputs[1]?.shape ?? [];
    const [from, to] = [inputs[0]?.shape[1] ?? 0, shape[1] ?? 0];
    const isGrouped = inputs[1]?.shape[1] !== from;
    if (isGrouped || kernelHeight * kernelWidth === 1) continue; // computed in another way
    if (from > 3 && from % 3 === 0 && from % 4 !== 0 && to % 4 === 0)
      throw new Error(`ONNX Runtime computes a convolution of ${from} channels wrong on WebGPU`);
  }
}
