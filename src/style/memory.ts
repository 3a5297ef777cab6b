import type { ByLayer } from './targets.js';

/** Targets that have been computed before: whoever paints in a style once will again. */
export interface Memory {
  /** What was computed for that key, or is now. */
  recall(key: string, compute: () => Promise<ByLayer>): Promise<ByLayer>;
}

/** A memory that forgets what it has not been asked for the longest, so that it never holds more bytes than that. */
export function memoryOf(maxBytes: number): Memory {
  const known = new Map<string, ByLayer>(); // a map keeps the order in which its entries came
  let bytes = 0;
  return {
    async recall(key, compute) {
      const found = known.get(key);
      const values = found ?? (await compute());
      if (found === undefined) bytes += bytesOf(values);
      known.delete(key);
      known.set(key, values);
      for (const [oldest, old] of known) {
        if (bytes <= maxBytes) break;
        known.delete(oldest);
        bytes -= bytesOf(old);
      }
      return values;
    },
  };
}

function bytesOf(values: ByLayer): number {
  return [...values.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
