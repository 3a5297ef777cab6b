import { seeded } from '../support/random.js';

/** Decisions that are the same for the same seed and purpose, as long as they are asked in the same order. */
export class Dice {
  readonly #random: () => number;

  /** @param purpose one per place that decides, so that what happens at one does not shift the luck of another */
  constructor(seed: number, purpose: string) {
    // FNV-1a, to spread the purposes over the seeds.
    let hash = 0x811c9dc5 ^ seed;
    for (const character of purpose)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.#random = seeded(hash);
  }

  chance(probability: number): boolean {
    return this.#random() < 2 * probability - 1;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(((this.#random() + 1) / 2) * (high - low + 1));
  }

  pick<T>(...from: readonly [T, ...(readonly T[])]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
}

/** Gives all its items in a random order, then all again in another: nothing is left to luck for long. */
export class Bag<T> {
  #left: T[] = [];

  constructor(
    private readonly items: readonly [T, ...(readonly T[])],
    private readonly dice: Dice,
  ) {}

  draw(): T {
    if (this.#left.length === 0) this.#left = this.dice.shuffled(this.items);
    return this.#left.pop() ?? this.items[0];
  }
}
