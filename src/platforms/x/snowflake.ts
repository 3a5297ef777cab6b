/*
 * X's ids: 64 bits, of which those above the lowest 22 are the milliseconds since X's epoch; so they sort by time
 * (https://docs.x.com/fundamentals/x-ids). Larger than JavaScript's numbers hold, they are strings.
 */

const EPOCH_MS = 1288834974657;

/** The smallest id that a post of this time can have. */
export function idAt(ms: number): string {
  return String(BigInt(Math.max(0, Math.round(ms) - EPOCH_MS)) << 22n);
}

/** Negative if the first is older, positive if it is newer. */
export function byAge(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : Number(one > other));
}
