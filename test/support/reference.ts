import { inOrder, sizeOf, type Tensor } from '../../src/graph/tensor.js';

/**
 * A second opinion: runs any graph in float64 with the plainest loops that define each operation. Slow and meant to
 * be read; executors and gradients are held against it.
 */
export function evaluate<Output extends string>(
  outputs: Readonly<Record<Output, Tensor>>,
  inputs: Readonly<Record<string, Float64Array>>,
): Readonly<Record<Output, Float64Array>> {
  const values = new Map<Tensor, Float64Array>();
  const valueOf = (tensor: Tensor): Float64Array => {
    const value = values.get(tensor);
    if (value === undefined) throw new Error(`${tensor.operation.type} was not computed`);
    return value;
  };
  const all: readonly Tensor[] = Object.values(outputs);
  for (const tensor of inOrder(all)) {
    values.set(tensor, compute(tensor, tensor.inputs.map(valueOf), inputs));
  }
  const named = Object.entries<Tensor>(outputs).map(([name, tensor]) => [name, valueOf(tensor)]);
  return Object.fromEntries(named) as Record<Output, Float64Array>;
}

function compute(
  { operation, shape, inputs }: Tensor,
  parts: readonly Float64Array[],
  given: Readonly<Record<string, Float64Array>>,
): Float64Array {
  const [a = new Float64Array(), b = new Float64Array(), c = new Float64Array()] = parts;
  const from = inputs[0]?.shape ?? [];
  const fill = (value: (i: number) => number) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i));
  const at = (i: number) => a[i] ?? NaN;
  switch (operation.type) {
    case 'input': {
      const value = given[operation.name];
      if (value?.length !== sizeOf(shape)) throw new Error(`input ${operation.name}`);
      return value;
    }
    case 'constant':
      return Float64Array.from(operation.values);
    case 'convolve':
      return convolve(a, from, b, inputs[1]?.shape ?? [], c);
    case 'relu':
      return a.map((x) => Math.max(x, 0));
    case 'step':
      return a.map((x) => (x > 0 ? 1 : 0));
    case 'abs':
      return a.map(Math.abs);
    case 'averagePool':
      return mapPixels(shape, (channel, y, x) => {
        const top = plane(from, channel, 2 * y, 2 * x);
        const below = plane(from, channel, 2 * y + 1, 2 * x);
        return (at(top) + at(top + 1) + at(below) + at(below + 1)) / 4;
      });
    case 'upsample':
      return mapPixels(shape, (channel, y, x) => at(plane(from, channel, y >> 1, x >> 1)));
    case 'boxFilter':
      return mapPixels(shape, (channel, y, x) => {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++)
            if (inside(from, y + dy, x + dx)) sum += at(plane(from, channel, y + dy, x + dx));
        return sum / 9;
      });
    case 'spaceToDepth': {
      const [, channels = 0] = from;
      return mapPixels(shape, (deep, y, x) => {
        const [place, channel] = [Math.floor(deep / channels), deep % channels];
        return at(plane(from, channel, 2 * y + (place >> 1), 2 * x + (place & 1)));
      });
    }
    case 'depthToSpace': {
      const [, channels = 0] = shape;
      return mapPixels(shape, (channel, y, x) => {
        const place = 2 * (y & 1) + (x & 1);
        return at(plane(from, place * channels + channel, y >> 1, x >> 1));
      });
    }
    case 'concatenate':
      return Float64Array.from(parts.flatMap((part) => Array.from(part)));
    case 'slice':
    case 'pad': {
      const { axis } = operation;
      const shift = operation.type === 'slice' ? operation.start : -operation.before;
      return fill((i) => {
        const index = unravel(i, shape);
        const source = index.with(axis, (index[axis] ?? 0) + shift);
        const within = source.every((position, k) => position >= 0 && position < (from[k] ?? 0));
        return within ? at(ravel(source, from)) : 0;
      });
    }
    case 'reshape':
      return a;
    case 'transpose':
      return fill((i) => at(ravel(unravel(i, shape).toReversed(), from)));
    case 'matmul':
      return product(
        shape,
        from[1] ?? 0,
        (row, k) => at(row * (from[1] ?? 0) + k),
        (k, column) => b[k * (shape[1] ?? 0) + column] ?? NaN,
      );
    case 'gram': {
      const n = from[1] ?? 0;
      return product(
        shape,
        n,
        (row, k) => at(row * n + k),
        (k, column) => at(column * n + k),
      );
    }
    case 'add':
      return fill((i) => at(i) + (b[i] ?? NaN));
    case 'subtract':
      return fill((i) => at(i) - (b[i] ?? NaN));
    case 'multiply':
      return fill((i) => at(i) * (b[inputs[1]?.shape.length === 0 ? 0 : i] ?? NaN));
    case 'scale':
      return a.map((x) => x * operation.factor);
    case 'sum':
      return Float64Array.of(a.reduce((sum, x) => sum + x, 0));
    case 'sumOfSquares':
      return Float64Array.of(a.reduce((sum, x) => sum + x ** 2, 0));
    case 'expand':
      return fill(() => at(0));
  }
}

function convolve(
  x: Float64Array,
  xShape: readonly number[],
  kernel: Float64Array,
  [d = 0, c = 0, kernelHeight = 0, kernelWidth = 0]: readonly number[],
  bias: Float64Array,
): Float64Array {
  const [, channels = 0, height = 0, width = 0] = xShape;
  const result = new Float64Array(d * height * width);
  const perGroup = d / (channels / c);
  for (let i = 0; i < d; i++)
    for (let y = 0; y < height; y++)
      for (let column = 0; column < width; column++) {
        let sum = bias[i] ?? 0;
        for (let j = 0; j < c; j++)
          for (let ky = 0; ky < kernelHeight; ky++)
            for (let kx = 0; kx < kernelWidth; kx++) {
              const [sy, sx] = [
                y + ky - (kernelHeight - 1) / 2,
                column + kx - (kernelWidth - 1) / 2,
              ];
              if (!inside(xShape, sy, sx)) continue;
              sum +=
                (x[plane(xShape, Math.floor(i / perGroup) * c + j, sy, sx)] ?? NaN) *
                (kernel[((i * c + j) * kernelHeight + ky) * kernelWidth + kx] ?? NaN);
            }
        result[(i * height + y) * width + column] = sum;
      }
  return result;
}

function product(
  [rows = 0, columns = 0]: readonly number[],
  inner: number,
  left: (row: number, k: number) => number,
  right: (k: number, column: number) => number,
): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += left(Math.floor(i / columns), k) * right(k, i % columns);
    return sum;
  });
}

function mapPixels(
  shape: readonly number[],
  value: (channel: number, y: number, x: number) => number,
): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const [, channel = 0, y = 0, x = 0] = unravel(i, shape);
    return value(channel, y, x);
  });
}

function inside([, , height = 0, width = 0]: readonly number[], y: number, x: number): boolean {
  return y >= 0 && y < height && x >= 0 && x < width;
}

function plane([, , height = 0, width = 0]: readonly number[], c: number, y: number, x: number) {
  return (c * height + y) * width + x;
}

function unravel(i: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = i;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

function ravel(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((sum, position, axis) => sum * (shape[axis] ?? 0) + position, 0);
}
