/**
 * What has the smallest key comes out first, of equal ones what has the smallest tie: a binary heap in typed arrays, since there
 * may be ten million entries, and each would else be an object. (The libraries that are as small do not tell ties apart.)
 */
export class Heap {
  #keys = new Float64Array(1024);
  #ties = new Float64Array(1024);
  #values = new Int32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The smallest key; Infinity if there is none. */
  get key(): number {
    return this.#size === 0 ? Infinity : (this.#keys[0] ?? Infinity);
  }

  push(key: number, tie: number, value: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(key, tie, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, key, tie, value);
  }

  /** Takes the first one out; undefined if there is none. */
  pop(): number | undefined {
    if (this.#size === 0) return undefined;
    const first = this.#values[0];
    const last = --this.#size;
    const key = this.#keys[last] ?? 0;
    const tie = this.#ties[last] ?? 0;
    const value = this.#values[last] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      const other = child + 1;
      if (other < last && this.#isBefore(this.#keys[other] ?? 0, this.#ties[other] ?? 0, child))
        child = other;
      if (this.#isBefore(key, tie, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, key, tie, value);
    return first;
  }

  #isBefore(key: number, tie: number, at: number): boolean {
    const other = this.#keys[at] ?? 0;
    return key < other || (key === other && tie < (this.#ties[at] ?? 0));
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from] ?? 0, this.#ties[from] ?? 0, this.#values[from] ?? 0);
  }

  #put(at: number, key: number, tie: number, value: number): void {
    this.#keys[at] = key;
    this.#ties[at] = tie;
    this.#values[at] = value;
  }

  #grow(): void {
    const length = 2 * this.#keys.length;
    const [keys, ties, values] = [this.#keys, this.#ties, this.#values];
    (this.#keys = new Float64Array(length)).set(keys);
    (this.#ties = new Float64Array(length)).set(ties);
    (this.#values = new Int32Array(length)).set(values);
  }
}
