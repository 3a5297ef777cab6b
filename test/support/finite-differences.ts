import { gradientOf } from '../../src/graph/gradient.js';
import type { Tensor } from '../../src/graph/tensor.js';
import { evaluate } from './reference.js';

/**
 * The step of the central difference. In float64 its error is about h²·|f'''|/6 from the curvature plus ε·|f|/h from
 * rounding, 1e-10 and 2e-11 for the functions tested here, whose values and derivatives are of order 1 to 100.
 */
const STEP = 1e-5;
/** Far above both errors, far below what any wrong sign, factor or index would cause. */
export const TOLERANCE = 1e-6;

/**
 * The largest difference between the gradient by graph and by central differences, relative to the largest gradient.
 * Both in float64, at every position of the input or at the ones given.
 */
export function gradientError(
  loss: Tensor,
  variable: Tensor,
  inputs: Readonly<Record<string, Float64Array>>,
  positions?: readonly number[],
): number {
  if (variable.operation.type !== 'input')
    throw new Error('differentiate with respect to an input');
  const { name } = variable.operation;
  const start = inputs[name] ?? new Float64Array();
  const { gradient } = evaluate({ gradient: gradientOf(loss, variable) }, inputs);
  const lossAt = (position: number, shift: number) => {
    const moved = start.with(position, (start[position] ?? 0) + shift);
    return evaluate({ loss }, { ...inputs, [name]: moved }).loss[0] ?? NaN;
  };
  let worst = 0;
  for (const position of positions ?? start.keys()) {
    const numeric = (lossAt(position, STEP) - lossAt(position, -STEP)) / (2 * STEP);
    const error = Math.abs(numeric - (gradient[position] ?? NaN));
    if (!(error <= worst)) worst = error; // NaN counts as worst
  }
  return worst / gradient.reduce((largest, g) => Math.max(largest, Math.abs(g)), 1e-9);
}
