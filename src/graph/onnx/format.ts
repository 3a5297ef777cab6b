import protobuf from 'protobufjs';

/*
 * The part of the ONNX format that we write (field numbers as in the specification's onnx.proto, IR version 8).
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Model   { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Graph   { repeated Node node = 1; string name = 2; repeated TensorData initializer = 5;
                    repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
  message Node    { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Attribute  { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message TensorData { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfo  { string name = 1; Type type = 2; }
  message Type       { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; TensorShape shape = 2; }
  message TensorShape { repeated Dimension dim = 1; }
  message Dimension   { int64 dim_value = 1; }
`,
  { keepCase: true },
);
const Model = root.lookupType('Model');

/** An attribute's value: an integer, a text, integers or a float; the field that holds it and the number of its type follow from what it is. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32Array is written as float, BigInt64Array as int64. */
  readonly values: Float32Array | BigInt64Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const FLOAT = 1;
const INT64 = 7;

/**
 * The bytes of an ONNX model with this graph. Whoever reads them puts together what is said of the graph in several places
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so every constant is written on its own: a writer of
 * all would double its buffer again and again, and copy all weights each time, a fifth of the time of a small picture.
 */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  return Buffer.concat([structure(graph), ...graph.constants.map(constant)]);
}

function constant({ name, shape, values }: OnnxConstant): Uint8Array {
  const initializer = {
    name,
    dims: shape,
    data_type: values instanceof Float32Array ? FLOAT : INT64,
    raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
  return Model.encode({ graph: { initializer: [initializer] } }).finish();
}

function structure(graph: OnnxGraph): Uint8Array {
  return Model.encode({
    ir_version: 8,
    producer_name: 'pentimento',
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'pentimento',
      node: graph.nodes.map(({ type, inputs, output, attributes }) => ({
        op_type: type,
        input: inputs,
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  }).finish();
}

function attribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  return { name, ints: value, type: 7 };
}

function valueInfo({ name, shape }: OnnxValue): object {
  const dim = shape.map((extent) => ({ dim_value: extent }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}
