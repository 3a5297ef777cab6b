/*
 * Reads what Python's pickle module wrote, as far as it can be data: https://docs.python.org/3/library/pickletools.html.
 * A pickle is a program for a little stack machine, which in Python can call anything. This machine knows the opcodes
 * that torch.save writes and no others, and calls only what it is given. It is our own because such a machine is as safe
 * as its whole set of opcodes: pickleparser (npm, 0.2.1) lets a pickle set any attribute of any value, an array's length
 * among them, and can be sent in circles by a negative size.
 */

/** What a pickle may refer to. */
export interface Surroundings {
  /** What may be called, by its module and name as in "collections.OrderedDict". */
  readonly functions: ReadonlyMap<string, (args: readonly unknown[]) => unknown>;
  /** What a persistent id stands for; PyTorch keeps its numbers outside of the pickle. */
  readonly persistent: (id: unknown) => unknown;
}

/** Stands for a function or class in the pickle; what it does is known to this file alone. */
export class Named {
  constructor(readonly name: string) {
    Object.freeze(this);
  }
}

/** What was read, and how many bytes it took. */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

/**
 * Reads one pickle from the beginning of the bytes. Dictionaries become maps; lists and tuples, arrays.
 * @throws Error if it ends early, or does anything but make data out of what the surroundings allow. Time and memory are
 * in proportion to the bytes read.
 */
export function unpickle(bytes: Uint8Array, { functions, persistent }: Surroundings): Unpickled {
  const input = new Input(bytes);
  const memo = new Map<number, unknown>();
  /** The values in front of each mark that is open. */
  const marked: unknown[][] = [];
  let stack: unknown[] = [];

  // Not stack.push() itself: what it pushes may come with another stack.
  const push = (value: unknown): void => void stack.push(value);
  const pop = (): unknown => {
    if (stack.length === 0) throw new Error('the pickle takes a value that is not there');
    return stack.pop();
  };
  const popToMark = (): unknown[] => {
    const items = stack;
    const before = marked.pop();
    if (before === undefined) throw new Error('the pickle goes back to a mark that is not there');
    stack = before;
    return items;
  };
  const top = (): unknown => stack.at(-1);
  const remembered = (key: number): unknown => {
    if (!memo.has(key)) throw new Error('the pickle recalls a value that is not there');
    return memo.get(key);
  };
  const setItems = (items: readonly unknown[]): void => {
    const dictionary = top();
    if (!(dictionary instanceof Map) || items.length % 2 !== 0)
      throw new Error('the pickle sets entries of what is no dictionary');
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
  };
  const append = (items: readonly unknown[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw new Error('the pickle appends to what is no list');
    for (const item of items) list.push(item);
  };
  const call = (named: unknown, args: unknown): unknown => {
    const act = named instanceof Named ? functions.get(named.name) : undefined;
    if (act === undefined || !Array.isArray(args))
      throw new Error('the pickle calls what may not be called');
    return act(args);
  };

  for (;;) {
    const opcode = input.byte();
    switch (opcode) {
      case 0x80: // PROTO
        if (input.byte() > 5) throw new Error('a pickle of a protocol that is not known');
        break;
      case 0x2e: // STOP
        return { value: pop(), end: input.position };
      case 0x28: // MARK
        marked.push(stack);
        stack = [];
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(input.byte());
        break;
      case 0x4d: // BININT2
        push(input.uint16());
        break;
      case 0x4a: // BININT
        push(input.int32());
        break;
      case 0x47: // BINFLOAT
        push(input.float64());
        break;
      case 0x58: // BINUNICODE
        push(input.text(input.uint32()));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        push([]);
        break;
      case 0x7d: // EMPTY_DICT
        push(new Map());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        push(Array.from({ length: opcode - 0x84 }, pop).reverse());
        break;
      case 0x74: // TUPLE
        push(popToMark());
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popToMark());
        break;
      case 0x73: // SETITEM
        setItems([pop(), pop()].reverse());
        break;
      case 0x75: // SETITEMS
        setItems(popToMark());
        break;
      case 0x71: // BINPUT
        memo.set(input.byte(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(input.uint32(), top());
        break;
      case 0x68: // BINGET
        push(remembered(input.byte()));
        break;
      case 0x6a: // LONG_BINGET
        push(remembered(input.uint32()));
        break;
      case 0x63: {
        // GLOBAL
        const name = `${input.line()}.${input.line()}`;
        if (!functions.has(name)) throw new Error(`the pickle wants ${quoted(name)}`);
        push(new Named(name));
        break;
      }
      case 0x52: {
        // REDUCE
        const args = pop();
        push(call(pop(), args));
        break;
      }
      case 0x62: // BUILD: attributes, which PyTorch's dictionaries have beside their entries; nobody reads them
        pop();
        if (!(top() instanceof Map)) throw new Error('the pickle changes what is no dictionary');
        break;
      case 0x51: // BINPERSID
        push(persistent(pop()));
        break;
      default:
        throw new Error(`the pickle has an opcode that is not allowed: ${opcode}`);
    }
  }
}

/** A name out of a file that may say anything, for a message. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

/** The bytes, read from front to back. */
class Input {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next `length` bytes begin; they are behind the reader then. */
  #take(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw new Error('the pickle ends too early');
    this.position += length;
    return start;
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  text(length: number): string {
    const start = this.#take(length);
    return this.#utf8.decode(this.#bytes.subarray(start, start + length));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new Error('the pickle ends too early');
    const line = this.text(end - this.position);
    this.#take(1);
    return line;
  }
}
