import { inOrder, sizeOf, type Tensor } from './tensor.js';

/**
 * Floating-point operations that one run of a graph takes, counted the usual way: a multiplication and an addition
 * are two. Only convolutions and matrix products count; everything else is a few operations per number.
 */
export function countArithmetic(outputs: readonly Tensor[]): number {
  return inOrder(outputs).reduce((total, tensor) => total + arithmeticOf(tensor), 0);
}

function arithmeticOf({ operation, inputs, shape }: Tensor): number {
  const [first, second] = inputs;
  switch (operation.type) {
    case 'convolve': // each result is a sum over the kernel's channels × height × width
      return second === undefined
        ? 0
        : (2 * sizeOf(shape) * sizeOf(second.shape)) / (second.shape[0] ?? 1);
    case 'matmul':
    case 'gram': // each result is a sum over the first factor's columns
      return 2 * sizeOf(shape) * (first?.shape[1] ?? 0);
    default:
      return 0;
  }
}
