/**
 * A computation as a graph of immutable tensors. A tensor knows how it came about (its operation and inputs) and how
 * to send a gradient back (its pullback); nothing is computed until an executor runs the graph. There is no separate
 * graph object: the graph is whatever can be reached from the tensors one asks for, so what no loss reads is never
 * there to be computed.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  /**
   * The vector-Jacobian product: from the gradient of some scalar with respect to this tensor, its gradient with
   * respect to each input, as graph again. Undefined stands for an input that no gradient flows to.
   */
  readonly pullback: (gradient: Tensor) => readonly (Tensor | undefined)[];
}

/** Extents, outermost first. Images are [1, channels, height, width]; a scalar is []. */
export type Shape = readonly number[];

/** Everything an executor must be able to do. What an operation needs besides its inputs stands in its fields. */
export type Operation =
  | { readonly type: 'input'; readonly name: string }
  | { readonly type: 'constant'; readonly values: Float32Array }
  | { readonly type: 'convolve' }
  | { readonly type: 'relu' }
  | { readonly type: 'step' }
  | { readonly type: 'abs' }
  | { readonly type: 'averagePool' }
  | { readonly type: 'upsample' }
  | { readonly type: 'boxFilter' }
  | { readonly type: 'spaceToDepth' }
  | { readonly type: 'depthToSpace' }
  | { readonly type: 'concatenate' }
  | { readonly type: 'slice'; readonly axis: number; readonly start: number; readonly end: number }
  | { readonly type: 'pad'; readonly axis: number; readonly before: number; readonly after: number }
  | { readonly type: 'reshape' }
  | { readonly type: 'transpose' }
  | { readonly type: 'matmul' }
  | { readonly type: 'gram' }
  | { readonly type: 'add' }
  | { readonly type: 'subtract' }
  | { readonly type: 'multiply' }
  | { readonly type: 'scale'; readonly factor: number }
  | { readonly type: 'sum' }
  | { readonly type: 'sumOfSquares' }
  | { readonly type: 'expand' };

/** How many numbers a tensor of this shape holds; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Every tensor that the given ones are computed from, themselves included, each after all of its inputs. */
export function inOrder(outputs: readonly Tensor[]): readonly Tensor[] {
  const seen = new Set<Tensor>();
  // An explicit stack: a deep network's backward pass is longer than the call stack likes.
  const stack = outputs.map((tensor) => ({ tensor, expanded: false })).reverse();
  const order: Tensor[] = [];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.expanded) {
      order.push(top.tensor);
    } else if (!seen.has(top.tensor)) {
      seen.add(top.tensor);
      stack.push({ tensor: top.tensor, expanded: true });
      for (const input of top.tensor.inputs) stack.push({ tensor: input, expanded: false });
    }
  }
  return order;
}
