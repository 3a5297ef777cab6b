import type { Picture } from '../style/picture.js';
import { encodePicture } from './encode.js';

/** Where somebody who watches sees a picture come along. */
interface Sketches {
  /** How many there have been. */
  readonly count: number;
  /** What the picture looks like now: written down, unless the last time was only just now. */
  offer(picture: () => Picture): void;
  /** Waits for what is still being written. */
  close(): Promise<void>;
}

/** Often enough to see it move, and seldom enough not to keep anybody waiting. */
const INTERVAL_MS = 1500;

export const noSketches: Sketches = {
  count: 0,
  offer: () => undefined,
  close: () => Promise.resolve(),
};

/** Sketches in a file, each in place of the one before. One that cannot be written is left out: nobody's picture fails by it. */
export function sketchesIn(file: string): Sketches {
  let count = 0;
  let next = -Infinity;
  let writing: Promise<void> | undefined;
  const write = async (picture: Picture) => {
    try {
      await encodePicture(picture, file);
      count++;
    } catch {
      // The finished picture goes to the same disk, and will say what is wrong with it.
    } finally {
      next = performance.now() + INTERVAL_MS;
      writing = undefined;
    }
  };
  return {
    get count() {
      return count;
    },
    offer(picture) {
      if (writing === undefined && performance.now() >= next) writing = write(picture());
    },
    async close() {
      await writing;
    },
  };
}
