import { sizeOf } from '../../src/graph/tensor.js';
import type { Weights } from '../../src/networks/network.js';

/*
 * Writes pickles and PyTorch's legacy files, as Python and torch.save do, and what they never would.
 */

/** A part of a pickle. */
export type Code = readonly number[];

const little = (value: number, bytes: number): Code =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
const latin = (text: string): Code => [...Buffer.from(text)];

export const none: Code = [0x4e];
export const yes: Code = [0x88];
const stop: Code = [0x2e];
export const reduce: Code = [0x52];
export const persistent: Code = [0x51];
export const emptyDictionary: Code = [0x7d];
export const emptyList: Code = [0x5d];

export function whole(value: number): Code {
  if (value >= 0 && value < 256) return [0x4b, value];
  return [0x4a, ...little(value < 0 ? value + 2 ** 32 : value, 4)];
}
export function float(value: number): Code {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return [0x47, ...bytes];
}
export function text(value: string): Code {
  const bytes = Buffer.from(value);
  return [0x58, ...little(bytes.length, 4), ...bytes];
}
export function named(module: string, name: string): Code {
  return [0x63, ...latin(`${module}\n${name}\n`)];
}
export function tuple(...items: readonly Code[]): Code {
  return [0x28, ...items.flat(), 0x74];
}
export function list(...items: readonly Code[]): Code {
  return [...emptyList, 0x28, ...items.flat(), 0x65];
}
/** Sets entries of the dictionary before it. */
export function entries(...items: readonly (readonly [Code, Code])[]): Code {
  return [0x28, ...items.flat(2), 0x75];
}
export function pickle(...code: readonly Code[]): Uint8Array {
  return Uint8Array.from([0x80, 2, ...code.flat(), ...stop]);
}

/** What a file says that torch.save would say otherwise. */
export interface Lies {
  readonly storageType?: Code;
  /** Claimed for every storage, in the pickle. */
  readonly count?: number;
  readonly start?: number;
  readonly strides?: readonly number[];
  readonly shape?: readonly number[];
  /** Put after the state dictionary. */
  readonly after?: Code;
}

/** A legacy file of a checkpoint { epoch, model: … }, or of the state dictionary alone. */
export function pytorchFile(
  tensors: ReadonlyMap<string, Weights>,
  { isCheckpoint = true, lies = {} }: { isCheckpoint?: boolean; lies?: Lies } = {},
): Uint8Array {
  const magic = Uint8Array.from([0x80, 2, 0x8a, 10, ...MAGIC, ...stop]);
  const version = pickle([0x4d, ...little(1001, 2)]);
  const system = pickle(
    emptyDictionary,
    entries([text('protocol_version'), [0x4d, ...little(1001, 2)]], [text('little_endian'), yes]),
  );
  const names = [...tensors.keys()];
  const state = [
    named('collections', 'OrderedDict'),
    tuple(),
    reduce,
    entries(
      ...[...tensors].map(([name, { shape }], i): readonly [Code, Code] => [
        text(name),
        rebuilt(String(i), shape, lies),
      ]),
    ),
    // Its attribute _metadata, as torch.nn's modules have it.
    emptyDictionary,
    entries([text('_metadata'), emptyDictionary]),
    [0x62],
  ].flat();
  const object = isCheckpoint
    ? [...emptyDictionary, ...entries([text('epoch'), whole(20)], [text('model'), state])]
    : state;
  const keys = pickle(list(...names.map((_, i) => text(String(i)))));
  const storages = [...tensors.values()].flatMap(({ values }) => [
    Uint8Array.from(little(values.length, 8)),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
  return Buffer.concat([
    magic,
    version,
    system,
    pickle(object, lies.after ?? []),
    keys,
    ...storages,
  ]);
}

const MAGIC = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

function rebuilt(key: string, shape: readonly number[], lies: Lies): Code {
  const extents = lies.shape ?? shape;
  const strides =
    lies.strides ??
    extents.map((_, axis) => Math.min(sizeOf(extents.slice(axis + 1)), 2 ** 31 - 1));
  const storage = [
    ...tuple(
      text('storage'),
      lies.storageType ?? named('torch', 'FloatStorage'),
      text(key),
      text('cuda:0'),
      whole(lies.count ?? sizeOf(shape)),
      none,
    ),
    ...persistent,
  ];
  const args = tuple(
    storage,
    whole(lies.start ?? 0),
    tuple(...extents.map(whole)),
    tuple(...strides.map(whole)),
    [0x89],
    [...named('collections', 'OrderedDict'), ...tuple(), ...reduce],
  );
  return [...named('torch._utils', '_rebuild_tensor_v2'), ...args, ...reduce];
}
