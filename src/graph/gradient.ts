import { add, constant } from './operations.js';
import { inOrder, type Tensor } from './tensor.js';

/**
 * The gradient of a scalar with respect to one tensor, as graph: reverse-mode differentiation.
 *
 * Only tensors that depend on `variable` are walked, so constants and targets cost nothing.
 * @throws Error if `loss` is not a scalar or does not depend on `variable`.
 */
export function gradientOf(loss: Tensor, variable: Tensor): Tensor {
  if (loss.shape.length !== 0) throw new Error('only a scalar has a gradient here');
  const order = inOrder([loss]);
  const dependent = new Set<Tensor>([variable]);
  for (const tensor of order)
    if (tensor.inputs.some((source) => dependent.has(source))) dependent.add(tensor);

  const gradients = new Map<Tensor, Tensor>([[loss, constant(Float32Array.of(1), [])]]);
  for (const tensor of order.toReversed()) {
    const gradient = gradients.get(tensor);
    if (gradient === undefined || tensor === variable || !dependent.has(tensor)) continue;
    const flows = tensor.pullback(gradient);
    for (const [i, source] of tensor.inputs.entries()) {
      const flow = flows[i];
      if (flow === undefined || !dependent.has(source)) continue;
      const sofar = gradients.get(source);
      gradients.set(source, sofar === undefined ? flow : add(sofar, flow));
    }
  }
  const result = gradients.get(variable);
  if (result === undefined) throw new Error('the loss does not depend on the variable');
  return result;
}
