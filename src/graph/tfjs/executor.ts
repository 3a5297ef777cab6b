import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { valuesOf, type Executor, type Program, type Values } from '../executor.js';
import { inOrder, type Tensor } from '../tensor.js';
import { compute, constantsOf } from './compute.js';
import { brought, held, type Held, type TensorFlow } from './layout.js';

/**
 * Runs graphs with TensorFlow.js, operation by operation, on whatever backend it has been given.
 * @param name for people
 */
export function tfjsExecutor(tf: TensorFlow, name: string): Executor {
  return {
    name,
    device: 'tfjs',
    compile: (outputs, fixed = {}) => Promise.resolve(programOf(tf, outputs, fixed)),
  };
}

function programOf<Output extends string>(
  tf: TensorFlow,
  outputs: Readonly<Record<Output, Tensor>>,
  fixed: Values,
): Program<Output> {
  const results: readonly Tensor[] = Object.values(outputs);
  const order = inOrder(results);
  const uses = usesOf(order, results);
  /** What stays on the device from one run to the next. */
  const lasting = new Map<Tensor, Held>();
  const constants = new Map<Tensor, readonly TfTensor[]>();
  for (const tensor of order) {
    const { operation } = tensor;
    if (!uses.has(tensor)) continue;
    if (operation.type === 'constant') lasting.set(tensor, uploaded(tf, tensor, operation.values));
    else if (operation.type === 'input' && operation.name in fixed)
      lasting.set(tensor, uploaded(tf, tensor, valuesOf(fixed, operation.name, tensor.shape)));
    else
      constants.set(
        tensor,
        tf.tidy(() => [...constantsOf(tf, tensor)]),
      );
  }
  const computed = order.filter((tensor) => constants.has(tensor));

  return {
    async run(inputs) {
      const living = new Map<Tensor, Held>();
      const valueOf = (tensor: Tensor): Held => {
        const value = lasting.get(tensor) ?? living.get(tensor);
        if (value === undefined) throw new Error(`${tensor.operation.type} was not computed`);
        return value;
      };
      const left = new Map(uses);
      const doneWith = (tensor: Tensor) => {
        const count = (left.get(tensor) ?? 0) - 1;
        left.set(tensor, count);
        if (count > 0) return;
        living.get(tensor)?.values.dispose();
        living.delete(tensor);
      };
      try {
        for (const tensor of computed) {
          const { operation, shape } = tensor;
          if (operation.type === 'input') {
            living.set(tensor, uploaded(tf, tensor, valuesOf(inputs, operation.name, shape)));
            continue;
          }
          const sources = sourcesOf(tensor);
          const value = tidied(tf, () =>
            compute(tf, tensor, sources.map(valueOf), constants.get(tensor) ?? []),
          );
          living.set(tensor, value);
          sources.forEach(doneWith);
        }
        const named: [string, Float32Array][] = [];
        for (const [name, tensor] of Object.entries<Tensor>(outputs))
          named.push([name, await downloaded(tf, valueOf(tensor))]);
        return Object.fromEntries(named) as Record<Output, Float32Array>;
      } finally {
        for (const { values } of living.values()) values.dispose();
      }
    },
    release() {
      for (const { values } of lasting.values()) values.dispose();
      for (const values of constants.values()) tf.dispose([...values]);
      return Promise.resolve();
    },
  };
}

/** What an operation reads while it runs; a convolution has its kernel and bias in its own way. */
function sourcesOf({ operation, inputs }: Tensor): readonly Tensor[] {
  return operation.type === 'convolve' ? inputs.slice(0, 1) : inputs;
}

/** How often each tensor is read; a result once more, at the end. */
function usesOf(order: readonly Tensor[], results: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const tensor of [...order.flatMap(sourcesOf), ...results])
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return uses;
}

function uploaded(tf: TensorFlow, { shape }: Tensor, values: Float32Array): Held {
  return tidied(tf, () => held(tf, tf.tensor(values, [...shape])));
}

/** Does something of which nothing but the result stays on the device. */
function tidied(tf: TensorFlow, make: () => Held): Held {
  return tf.tidy(() => ({ ...make() }));
}

async function downloaded(tf: TensorFlow, value: Held): Promise<Float32Array> {
  const rowMajor = tf.tidy(() => tf.clone(brought(tf, value, false)));
  try {
    return Float32Array.from(await rowMajor.data());
  } finally {
    rowMajor.dispose();
  }
}
