import { valuesOf, type Values } from '../executor.js';
import { inOrder, type Tensor } from '../tensor.js';
import type { Attribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './format.js';

/** An operator with its attributes and those inputs that our operations keep as fields. */
interface Lowered {
  readonly type: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly extra?: readonly (Float32Array | BigInt64Array)[];
}

/**
 * Translates the graph behind the outputs into ONNX operators (opset 17), one for each of our operations. Inputs with
 * fixed values become constants.
 */
export function toOnnx(outputs: Readonly<Record<string, Tensor>>, fixed: Values = {}): OnnxGraph {
  const names = new Map<Tensor, string>();
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const inputs: OnnxValue[] = [];

  for (const tensor of inOrder(Object.values(outputs))) {
    const { operation } = tensor;
    const name = operation.type === 'input' ? operation.name : `t${names.size}`;
    names.set(tensor, name);
    if (operation.type === 'input') {
      const { shape } = tensor;
      if (name in fixed) constants.push({ name, shape, values: valuesOf(fixed, name, shape) });
      else inputs.push({ name, shape });
    } else if (operation.type === 'constant') {
      constants.push({ name, shape: tensor.shape, values: operation.values });
    } else {
      const { type, attributes = {}, extra = [] } = lower(tensor);
      const fields = extra.map((values, i) => {
        const shape = operation.type === 'scale' ? [] : [values.length];
        const field = { name: `${name}.${i}`, shape, values };
        constants.push(field);
        return field.name;
      });
      const sources = tensor.inputs.map((source) => names.get(source) ?? '');
      if (operation.type === 'gram') sources.push(...sources); // Gemm's two factors are our one
      if (operation.type === 'upsample') sources.push(''); // Resize's region of interest, left out
      nodes.push({ type, inputs: [...sources, ...fields], output: name, attributes });
    }
  }
  // An output is given its name by a copy that the runtime removes: one tensor may be asked for under two names.
  for (const [output, tensor] of Object.entries(outputs))
    nodes.push({
      type: 'Identity',
      inputs: [names.get(tensor) ?? ''],
      output: `out.${output}`,
      attributes: {},
    });
  const results = Object.entries(outputs).map(([name, { shape }]) => ({
    name: `out.${name}`,
    shape,
  }));
  return { nodes, constants, inputs, outputs: results };
}

function lower({ operation, shape, inputs }: Tensor): Lowered {
  switch (operation.type) {
    case 'convolve': {
      const [, , height = 1, width = 1] = inputs[1]?.shape ?? [];
      const [y, x] = [(height - 1) / 2, (width - 1) / 2];
      const group = (inputs[0]?.shape[1] ?? 1) / (inputs[1]?.shape[1] ?? 1);
      return {
        type: 'Conv',
        attributes: { kernel_shape: [height, width], pads: [y, x, y, x], group },
      };
    }
    case 'relu':
      return { type: 'Relu' };
    case 'step':
      // min(max(3e38 · x, 0), 1). Sign would do after a ReLU, but the runtime computes it on one core only (it took
      // 33 ms of an iteration of InceptionV3 at 544×416 on two cores, this takes 18 ms), and not on WebGPU at all.
      return { type: 'HardSigmoid', attributes: { alpha: { float: 3e38 }, beta: { float: 0 } } };
    case 'abs':
      return { type: 'Abs' };
    case 'averagePool':
      return { type: 'AveragePool', attributes: { kernel_shape: [2, 2], strides: [2, 2] } };
    case 'upsample':
      // With these two modes the runtime has a fast path for nearest neighbors at factor 2.
      return {
        type: 'Resize',
        attributes: {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        },
        extra: [Float32Array.of(1, 1, 2, 2)],
      };
    case 'boxFilter':
      return {
        type: 'AveragePool',
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
      };
    case 'spaceToDepth':
      return { type: 'SpaceToDepth', attributes: { blocksize: 2 } };
    case 'depthToSpace':
      return { type: 'DepthToSpace', attributes: { blocksize: 2 } };
    case 'concatenate':
      return { type: 'Concat', attributes: { axis: 1 } };
    case 'slice':
      return {
        type: 'Slice',
        extra: [int64([operation.start]), int64([operation.end]), int64([operation.axis])],
      };
    case 'pad': {
      const before = shape.map((_, axis) => (axis === operation.axis ? operation.before : 0));
      const after = shape.map((_, axis) => (axis === operation.axis ? operation.after : 0));
      return { type: 'Pad', extra: [int64([...before, ...after])] };
    }
    case 'reshape':
      return { type: 'Reshape', extra: [int64(shape)] };
    case 'transpose':
      return { type: 'Transpose' };
    case 'matmul':
      return { type: 'MatMul' };
    case 'gram':
      return { type: 'Gemm', attributes: { transB: 1 } };
    case 'add':
      return { type: 'Add' };
    case 'subtract':
      return { type: 'Sub' };
    case 'multiply':
      return { type: 'Mul' };
    case 'scale':
      return { type: 'Mul', extra: [Float32Array.of(operation.factor)] };
    case 'sum':
      return { type: 'ReduceSum', attributes: { keepdims: 0 } };
    case 'sumOfSquares':
      return { type: 'ReduceSumSquare', attributes: { keepdims: 0 } };
    case 'expand':
      return { type: 'Expand', extra: [int64(shape)] };
    case 'input':
    case 'constant':
      throw new Error(`${operation.type} is no operator`);
  }
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
