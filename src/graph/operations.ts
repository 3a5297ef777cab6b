import { sameShape, sizeOf, type Operation, type Shape, type Tensor } from './tensor.js';

/*
 * Every operation: its result's shape and its vector-Jacobian product, side by side. Products are written with the
 * operations of this same file, so a backward pass is an ordinary graph that any executor can run.
 *
 * Two choices keep the backward pass as fast as the forward one. A stride-1 "same" convolution's gradient with
 * respect to its input is again such a convolution, with the kernel turned by 180 degrees and its two channel axes
 * swapped: no transposed convolution is ever needed. And weights never move, so no gradient for them exists.
 */

/** Makes a tensor from its parts; the one door through which every operation below goes. */
export function tensor(
  operation: Operation,
  shape: Shape,
  inputs: readonly Tensor[] = [],
  pullback: Tensor['pullback'] = () => [],
): Tensor {
  return { operation, shape, inputs, pullback };
}

/** A tensor whose values are given at each run, by name. */
export function input(name: string, shape: Shape): Tensor {
  return tensor({ type: 'input', name }, shape);
}

/** A tensor whose values never change, row-major. */
export function constant(values: Float32Array, shape: Shape): Tensor {
  requireThat(
    values.length === sizeOf(shape),
    'constant',
    [shape],
    `holds ${values.length} values`,
  );
  return tensor({ type: 'constant', values }, shape);
}

/**
 * Convolution (cross-correlation, as networks mean it) with stride 1 and zero padding that keeps the size.
 * x: [1, g·c, h, w]; kernel: a constant [d, c, odd, odd]; bias: a constant [d]. Result: [1, d, h, w]. With g > 1 the
 * channels are in g groups, and each d/g of the results see only their own.
 */
export function convolve(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const [d, c, kernelHeight, kernelWidth] = extents4(kernel);
  const [, channels, height, width] = extents4(x);
  const groups = channels / c;
  requireThat(
    Number.isInteger(groups) && d % groups === 0,
    'convolve',
    [x.shape, kernel.shape],
    'channels differ',
  );
  requireThat(kernelHeight % 2 === 1 && kernelWidth % 2 === 1, 'convolve', [kernel.shape], 'even');
  const inputs = bias === undefined ? [x, kernel] : [x, kernel, bias];
  return tensor({ type: 'convolve' }, [1, d, height, width], inputs, (gradient) => [
    convolve(gradient, turned(kernel, groups)),
  ]);
}

/** max(x, 0). The gradient passes where the result is positive. */
export function relu(x: Tensor): Tensor {
  const result: Tensor = tensor({ type: 'relu' }, x.shape, [x], (gradient) => [
    multiply(gradient, step(result)),
  ]);
  return result;
}

/** 1 where x is positive, else 0; flat, so nothing flows back. */
export function step(x: Tensor): Tensor {
  return tensor({ type: 'step' }, x.shape, [x], () => [undefined]);
}

/** |x|, with slope 0 at 0. */
export function abs(x: Tensor): Tensor {
  return tensor({ type: 'abs' }, x.shape, [x], (gradient) => [multiply(gradient, sign(x))]);
}

/** -1, 0 or 1; flat. In two steps, since not every device of ONNX Runtime has its Sign. */
function sign(x: Tensor): Tensor {
  return subtract(step(x), step(scale(x, -1)));
}

/** The mean of each 2×2 block, halving height and width, which must be even. */
export function averagePool(x: Tensor): Tensor {
  const [, channels, height, width] = extents4(x);
  requireThat(height % 2 === 0 && width % 2 === 0, 'averagePool', [x.shape], 'odd extent');
  return tensor({ type: 'averagePool' }, [1, channels, height / 2, width / 2], [x], (gradient) => [
    upsample(scale(gradient, 1 / 4)),
  ]);
}

/** Each pixel becomes a 2×2 block of itself. */
export function upsample(x: Tensor): Tensor {
  const [, channels, height, width] = extents4(x);
  return tensor({ type: 'upsample' }, [1, channels, height * 2, width * 2], [x], (gradient) => [
    scale(averagePool(gradient), 4),
  ]);
}

/**
 * The mean of each pixel's 3×3 neighborhood, with zeros outside the picture. As a symmetric linear filter it is its
 * own gradient.
 */
export function boxFilter(x: Tensor): Tensor {
  return tensor({ type: 'boxFilter' }, x.shape, [x], (gradient) => [boxFilter(gradient)]);
}

/**
 * Moves each 2×2 block of pixels into the channels of one: [1, c, h, w] becomes [1, 4c, h/2, w/2], first the c channels of all upper
 * left pixels, then those of the upper right, the lower left and the lower right ones. No number is lost.
 */
export function spaceToDepth(x: Tensor): Tensor {
  const [, channels, height, width] = extents4(x);
  requireThat(height % 2 === 0 && width % 2 === 0, 'spaceToDepth', [x.shape], 'odd extent');
  const shape = [1, 4 * channels, height / 2, width / 2];
  return tensor({ type: 'spaceToDepth' }, shape, [x], (gradient) => [depthToSpace(gradient)]);
}

/** The way back from `spaceToDepth`. */
export function depthToSpace(x: Tensor): Tensor {
  const [, channels, height, width] = extents4(x);
  requireThat(channels % 4 === 0, 'depthToSpace', [x.shape], 'channels are no multiple of 4');
  const shape = [1, channels / 4, 2 * height, 2 * width];
  return tensor({ type: 'depthToSpace' }, shape, [x], (gradient) => [spaceToDepth(gradient)]);
}

/** Joins [1, c_i, h, w] along the channels. */
export function concatenate(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) throw new Error('concatenate: nothing to join');
  const [, , height, width] = extents4(first);
  const starts: number[] = [];
  let channels = 0;
  for (const part of parts) {
    const [, c, h, w] = extents4(part);
    requireThat(h === height && w === width, 'concatenate', [first.shape, part.shape], 'sizes');
    starts.push(channels);
    channels += c;
  }
  return tensor({ type: 'concatenate' }, [1, channels, height, width], parts, (gradient) =>
    parts.map((part, i) => {
      const start = starts[i] ?? 0;
      return slice(gradient, 1, start, start + (part.shape[1] ?? 0));
    }),
  );
}

/** The part of x from start up to (not including) end along one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const extent = x.shape[axis] ?? 0;
  requireThat(0 <= start && start < end && end <= extent, 'slice', [x.shape], `${start}:${end}`);
  const shape = x.shape.with(axis, end - start);
  return tensor({ type: 'slice', axis, start, end }, shape, [x], (gradient) => [
    pad(gradient, axis, start, extent - end),
  ]);
}

/** x with zeros before and after it along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  const extent = x.shape[axis] ?? 0;
  requireThat(axis < x.shape.length && before >= 0 && after >= 0, 'pad', [x.shape], 'bounds');
  const shape = x.shape.with(axis, before + extent + after);
  return tensor({ type: 'pad', axis, before, after }, shape, [x], (gradient) => [
    slice(gradient, axis, before, before + extent),
  ]);
}

/** The same values, row-major, in another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  requireThat(sizeOf(x.shape) === sizeOf(shape), 'reshape', [x.shape, shape], 'sizes differ');
  return tensor({ type: 'reshape' }, shape, [x], (gradient) => [reshape(gradient, x.shape)]);
}

/** The transpose of a matrix. */
export function transpose(x: Tensor): Tensor {
  const [rows, columns] = extents2(x);
  return tensor({ type: 'transpose' }, [columns, rows], [x], (gradient) => [transpose(gradient)]);
}

/** The matrix product a·b of [m, k] and [k, n]. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = extents2(a);
  const [rows, n] = extents2(b);
  requireThat(k === rows, 'matmul', [a.shape, b.shape], 'inner extents differ');
  return tensor({ type: 'matmul' }, [m, n], [a, b], (gradient) => [
    matmul(gradient, transpose(b)),
    matmul(transpose(a), gradient),
  ]);
}

/**
 * x·xᵀ of a matrix [c, n]. Not written as matmul(x, transpose(x)): knowing that both factors are one, the gradient
 * needs one large product instead of two.
 */
export function gram(x: Tensor): Tensor {
  const [rows] = extents2(x);
  return tensor({ type: 'gram' }, [rows, rows], [x], (gradient) => [
    matmul(add(gradient, transpose(gradient)), x),
  ]);
}

/** a + b, of the same shape. */
export function add(a: Tensor, b: Tensor): Tensor {
  requireThat(sameShape(a.shape, b.shape), 'add', [a.shape, b.shape], 'shapes differ');
  return tensor({ type: 'add' }, a.shape, [a, b], (gradient) => [gradient, gradient]);
}

/** a - b, of the same shape. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  requireThat(sameShape(a.shape, b.shape), 'subtract', [a.shape, b.shape], 'shapes differ');
  return tensor({ type: 'subtract' }, a.shape, [a, b], (gradient) => [
    gradient,
    scale(gradient, -1),
  ]);
}

/** a · b, number by number, of the same shape; or b is a scalar. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  const isAlike = sameShape(a.shape, b.shape);
  requireThat(isAlike || b.shape.length === 0, 'multiply', [a.shape, b.shape], 'shapes differ');
  return tensor({ type: 'multiply' }, a.shape, [a, b], (gradient) => {
    const product = multiply(gradient, a);
    return [multiply(gradient, b), isAlike ? product : sum(product)];
  });
}

/** x times a fixed number. */
export function scale(x: Tensor, factor: number): Tensor {
  return tensor({ type: 'scale', factor }, x.shape, [x], (gradient) => [scale(gradient, factor)]);
}

/** The sum of all values, a scalar. */
export function sum(x: Tensor): Tensor {
  return tensor({ type: 'sum' }, [], [x], (gradient) => [expand(gradient, x.shape)]);
}

/**
 * Σ x², a scalar. Not written as sum(multiply(x, x)), whose gradient would be the sum of two products of a repeated scalar
 * with x, where one product with the scalar itself will do.
 */
export function sumOfSquares(x: Tensor): Tensor {
  return tensor({ type: 'sumOfSquares' }, [], [x], (gradient) => [multiply(x, scale(gradient, 2))]);
}

/** A scalar repeated to a shape. */
export function expand(x: Tensor, shape: Shape): Tensor {
  requireThat(x.shape.length === 0, 'expand', [x.shape], 'not a scalar');
  return tensor({ type: 'expand' }, shape, [x], (gradient) => [sum(gradient)]);
}

/** The kernel of a convolution's gradient: turned by 180 degrees, channel axes swapped within each group. */
function turned(kernel: Tensor, groups: number): Tensor {
  if (kernel.operation.type !== 'constant') throw new Error('convolve: the kernel is not constant');
  const { values } = kernel.operation;
  const [d, c, height, width] = extents4(kernel);
  const area = height * width;
  const result = new Float32Array(values.length);
  const each = d / groups;
  for (let i = 0; i < d; i++) {
    const [group, within] = [Math.floor(i / each), i % each];
    for (let j = 0; j < c; j++)
      for (let p = 0; p < area; p++)
        result[((group * c + j) * each + within) * area + p] =
          values[(i * c + j) * area + (area - 1 - p)] ?? 0;
  }
  return constant(result, [groups * c, each, height, width]);
}

function extents4(x: Tensor): readonly [number, number, number, number] {
  const [a, b, c, d] = x.shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new Error(`${x.operation.type} [${x.shape.join(', ')}] has not four axes`);
  return [a, b, c, d];
}

function extents2(x: Tensor): readonly [number, number] {
  const [a, b] = x.shape;
  if (a === undefined || b === undefined || x.shape.length !== 2)
    throw new Error(`${x.operation.type} [${x.shape.join(', ')}] is not a matrix`);
  return [a, b];
}

function requireThat(holds: boolean, who: string, shapes: readonly Shape[], why: string): void {
  if (!holds)
    throw new Error(`${who}: ${why} (${shapes.map((s) => `[${s.join(', ')}]`).join(', ')})`);
}
