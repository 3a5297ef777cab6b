import type { Weights } from './network.js';
import { Named, unpickle, type Surroundings } from './unpickle.js';

/*
 * Reads a state dictionary in the format that PyTorch wrote before 1.6 (and writes still, if asked for
 * _use_new_zipfile_serialization=False): "_legacy_save" in
 * https://github.com/pytorch/pytorch/blob/v2.0.0/torch/serialization.py. Four pickles stand in front: a magic number, a
 * version, the writer's sizes of integers, and the object, whose tensors name their storages. After them come the
 * storages' keys as a fifth pickle, and then for each its number of values, and the values.
 */

/** The first pickle: protocol 2, and the magic number 0x1950a86a20f9469cfc6c. */
const MAGIC = Uint8Array.from([
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
]);
const VERSION = 1001;

/** No tensor of a convolutional network has more axes. */
const MAX_AXES = 8;

/** Values outside of the pickle, by key; and how many there are, as the pickle claims. */
class Storage {
  constructor(
    readonly key: string,
    readonly count: number,
  ) {
    Object.freeze(this);
  }
}

/** A part of a storage, in row-major order. */
class StoredTensor {
  constructor(
    readonly storage: Storage,
    readonly start: number,
    readonly shape: readonly number[],
    readonly count: number,
  ) {
    Object.freeze(this);
  }
}

/**
 * The tensors of the state dictionary by their names; it is the file's object, or the one dictionary in it.
 * @throws Error if the file is not what this reader understands. Nothing is allocated beyond the file's own size.
 */
export function readPyTorch(bytes: Uint8Array): ReadonlyMap<string, Weights> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw new Error(
      "the file is in PyTorch's zip format; save it with _use_new_zipfile_serialization=False",
    );
  if (!MAGIC.every((byte, i) => bytes[i] === byte))
    throw new Error("the file is not in PyTorch's legacy format");
  const pickles = new Pickles(bytes, MAGIC.length);
  if (pickles.next(NOTHING) !== VERSION) throw new Error('the file is of an unknown version');
  const system = pickles.next(NOTHING);
  if (!(system instanceof Map) || system.get('little_endian') !== true)
    throw new Error('the file does not say that its numbers are little-endian');
  const claimed = new Map<string, Storage>();
  const state = stateIn(pickles.next(tensors(claimed)));
  const keys = pickles.next(NOTHING);
  const storages = readStorages(bytes, pickles.position, keys, claimed);
  return new Map(
    [...state].map(([name, { storage, start, shape, count }]) => {
      const values = storages.get(storage.key);
      if (values === undefined) throw new Error(`${name} has no values in the file`);
      return [name, { shape, values: values.subarray(start, start + count) }];
    }),
  );
}

/** Pickles one after the other. */
class Pickles {
  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {}

  next(surroundings: Surroundings): unknown {
    const { value, end } = unpickle(this.bytes.subarray(this.position), surroundings);
    this.position += end;
    return value;
  }
}

const NOTHING: Surroundings = {
  functions: new Map(),
  persistent: () => {
    throw new Error('a storage where none may be');
  },
};

/** All that the object may be made of; the storages that it names are collected. */
function tensors(claimed: Map<string, Storage>): Surroundings {
  const rebuild = ([storage, start, shape, strides]: readonly unknown[]) =>
    tensorOf(storage, start, shape, strides);
  return {
    functions: new Map<string, (args: readonly unknown[]) => unknown>([
      ['collections.OrderedDict', () => new Map()],
      ['torch._utils._rebuild_tensor', rebuild],
      ['torch._utils._rebuild_tensor_v2', rebuild], // two more arguments, for training
      ['torch.FloatStorage', () => notCallable()],
    ]),
    persistent: (id) => {
      const storage = storageOf(id);
      const known = claimed.get(storage.key);
      if (known !== undefined && known.count !== storage.count)
        throw new Error('a storage of two sizes');
      claimed.set(storage.key, known ?? storage);
      return known ?? storage;
    },
  };
}

function notCallable(): never {
  throw new Error('a storage is named, not made, in a pickle of tensors');
}

/** ("storage", type, key, device, number of values, view), of which a view has not been written for years. */
function storageOf(id: unknown): Storage {
  if (!Array.isArray(id)) throw new Error('a storage without a description');
  const [kind, type, key, , count, view] = id as readonly unknown[];
  if (kind !== 'storage' || !(type instanceof Named) || type.name !== 'torch.FloatStorage')
    throw new Error('a storage of something else than float32');
  if (typeof key !== 'string' || !isCount(count) || (view ?? null) !== null)
    throw new Error('a storage whose description is not understood');
  return new Storage(key, count);
}

function tensorOf(storage: unknown, start: unknown, shape: unknown, strides: unknown) {
  if (!(storage instanceof Storage) || !isCount(start) || !areCounts(shape) || !areCounts(strides))
    throw new Error('a tensor whose description is not understood');
  // In row-major order each stride is the number of values behind that axis; of an axis of one, it does not matter.
  let count = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 0;
    if (extent > 1 && strides[axis] !== count)
      throw new Error('a tensor that does not lie in row-major order; save it contiguous');
    count *= extent;
  }
  if (strides.length !== shape.length || start + count > storage.count)
    throw new Error('a tensor that does not lie within its storage');
  return new StoredTensor(storage, start, shape, count);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function areCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isCount);
}

/** The state dictionary: the object itself, or the only dictionary in it, as in { epoch: 20, model: … }. */
function stateIn(object: unknown): ReadonlyMap<string, StoredTensor> {
  if (!(object instanceof Map)) throw new Error('the file holds no dictionary');
  const inner = [...object.values()].filter((value) => value instanceof Map);
  if (inner.length > 1) throw new Error('the file holds several dictionaries');
  const state = new Map<string, StoredTensor>();
  for (const [name, tensor] of (inner[0] ?? object) as ReadonlyMap<unknown, unknown>)
    if (typeof name === 'string' && tensor instanceof StoredTensor) state.set(name, tensor);
  if (state.size === 0) throw new Error('the file holds no tensors');
  return state;
}

/** The values by key. Each storage must be as long as the pickle claims, and the file end with the last. */
function readStorages(
  bytes: Uint8Array,
  start: number,
  keys: unknown,
  claimed: ReadonlyMap<string, Storage>,
): ReadonlyMap<string, Float32Array> {
  if (!Array.isArray(keys)) throw new Error('the file does not list its storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Float32Array>();
  let position = start;
  for (const key of keys as readonly unknown[]) {
    const storage = typeof key === 'string' ? claimed.get(key) : undefined;
    if (storage === undefined || storages.has(storage.key))
      throw new Error('the file lists a storage twice, or one that no tensor has');
    const first = position + 8;
    if (first > bytes.length) throw new Error('the file ends too early');
    if (view.getBigUint64(position, true) !== BigInt(storage.count))
      throw new Error('a storage of another size than its tensors were told');
    position = first + 4 * storage.count;
    if (position > bytes.length) throw new Error('the file ends too early');
    // A copy, so that it is aligned.
    storages.set(
      storage.key,
      new Float32Array(new Uint8Array(bytes.subarray(first, position)).buffer),
    );
  }
  if (position !== bytes.length)
    throw new Error(`${bytes.length - position} bytes after the last storage`);
  return storages;
}
