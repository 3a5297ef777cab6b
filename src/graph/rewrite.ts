import { tensor } from './operations.js';
import { inOrder, type Tensor } from './tensor.js';

/**
 * The same outputs with every tensor changed, each after those that it is computed from: `change` gets it with these as they are
 * now. Without pullbacks: what is rewritten is computed, and has its gradients already.
 */
export function rewritten<Output extends string>(
  outputs: Readonly<Record<Output, Tensor>>,
  change: (tensor: Tensor) => Tensor,
): Readonly<Record<Output, Tensor>> {
  const changed = new Map<Tensor, Tensor>();
  const now = (old: Tensor) => changed.get(old) ?? old;
  const all: readonly Tensor[] = Object.values(outputs);
  for (const old of inOrder(all)) {
    const { operation, shape, inputs } = old;
    changed.set(old, change(inputs.length === 0 ? old : tensor(operation, shape, inputs.map(now))));
  }
  const named = Object.entries<Tensor>(outputs).map(([name, old]) => [name, now(old)]);
  return Object.fromEntries(named) as Record<Output, Tensor>;
}
