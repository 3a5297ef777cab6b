import { costOfJob } from '../../src/render/cost.js';
import { photos, wishes } from './assumptions.js';

/** What requests cost, by the bot's own model, for everything that people are assumed to ask for. */
export class Costs {
  readonly mean: number;
  readonly #costs: Float64Array;
  /** The shares of all up to and with each. */
  readonly #upTo: Float64Array;

  constructor() {
    const all: { readonly share: number; readonly cost: number }[] = [];
    for (const [a, effect] of wishes.effect)
      for (const [b, size] of wishes.size)
        for (const [c, quality] of wishes.quality)
          for (const [d, styles] of wishes.styles)
            for (const [e, photo] of photos) {
              const work = { effect, size, quality, scale: 100 };
              const seen = effect === 'dream' ? 0 : styles;
              const cost = costOfJob({ ...work, styles: seen }, photo);
              all.push({ share: a * b * c * d * e, cost });
            }
    this.#costs = Float64Array.from(all, ({ cost }) => cost);
    let sum = 0;
    this.#upTo = Float64Array.from(all, ({ share }) => (sum += share));
    this.mean = all.reduce((total, { share, cost }) => total + share * cost, 0) / sum;
  }

  /** @param random 0..1, without 1 */
  at(random: number): number {
    let [low, high] = [0, this.#upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 1) > random) high = middle;
      else low = middle + 1;
    }
    return this.#costs[low] ?? this.mean;
  }
}
