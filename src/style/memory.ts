import type { ByLayer, Manner } from './targets.js';

/** Manners that have been computed before: whoever paints in a style once will again. */
export interface Memory {
  /** What was computed for that key, or is now. */
  recall(key: string, compute: () => Promise<Manner>): Promise<Manner>;
}

/** A memory that forgets what it has not been asked for the longest, so that it never holds more bytes than that. */
export function memoryOf(maxBytes: number): Memory {
  const known = new Map<string, Manner>(); // a map keeps the order in which its entries came
  let bytes = 0;
  return {
    async recall(key, compute) {
      const found = known.get(key);
      const manner = found ?? (await compute());
      if (found === undefined) bytes += bytesOf(manner);
      known.delete(key);
      known.set(key, manner);
      for (const [oldest, old] of known) {
        if (bytes <= maxBytes) break;
        known.delete(oldest);
        bytes -= bytesOf(old);
      }
      return manner;
    },
  };
}

function bytesOf({ grams, moments }: Manner): number {
  const bytes = (values: ByLayer) =>
    [...values.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return bytes(grams) + bytes(moments);
}
