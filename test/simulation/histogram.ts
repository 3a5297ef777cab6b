/** So fine that a quantile is right to one part in a hundred. */
const STEP = Math.log(1.01);
/** What is below counts as nothing: a thousandth of a second. */
const LEAST = 1e-3;
const BUCKETS = 2400; // up to LEAST times 1.01 to that power, some hundred days

/** How long people have waited: any number of waits in a few kilobytes. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  count = 0;

  add(seconds: number): void {
    const bucket = seconds < LEAST ? 0 : 1 + Math.floor(Math.log(seconds / LEAST) / STEP);
    const at = Math.min(BUCKETS - 1, bucket);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.count += 1;
  }

  addAll(other: Histogram): void {
    other.#counts.forEach((n, at) => (this.#counts[at] = (this.#counts[at] ?? 0) + n));
    this.count += other.count;
  }

  /** What a part of them, 0..1, waited at most; NaN if there is nobody. */
  quantile(fraction: number): number {
    if (this.count === 0) return NaN;
    let left = Math.max(1, Math.ceil(fraction * this.count));
    const bucket = this.#counts.findIndex((n) => (left -= n) <= 0);
    return bucket <= 0 ? 0 : LEAST * Math.exp((bucket - 0.5) * STEP);
  }
}
