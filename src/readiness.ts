import { setTimeout as sleep } from 'node:timers/promises';
import { NOBODYS, type PictureStore } from './pictures/store.js';
import { isPaused } from './queue/desk.js';
import { hasRoom } from './queue/disk.js';
import { paintersOf } from './queue/painters.js';
import type { Database } from './queue/sql.js';

export interface ReadinessOptions {
  readonly database: Database;
  readonly pictures: PictureStore;
  /** The data folder. */
  readonly folder: string;
  /** Whether this process paints by itself; otherwise somebody else has to. */
  readonly paints: boolean;
}

export interface Readiness {
  /** What of that which a bot needs is not there, in words for its operator. */
  readonly lacks: () => Promise<readonly string[]>;
  /** Mentions come in and answers go out all the same. */
  readonly isPaused: () => Promise<boolean>;
}

/** Looks at what a bot needs from outside of its process. Whoever is silent keeps nobody waiting. */
export function readinessOf({ database, pictures, folder, paints }: ReadinessOptions): Readiness {
  const hasPictures = looking(() => pictures.get(NOBODYS).then(() => true), false);
  // Whoever cannot ask does not know that there is none.
  const hasPainters = looking(async () => (await paintersOf(database, Date.now())) > 0, true);
  return {
    lacks: async () => {
      const [room, store, painters] = await Promise.all([
        hasRoom(folder),
        hasPictures(),
        paints || hasPainters(),
      ]);
      const isAway = database.isAway === true;
      return [
        ...(room ? [] : ['the disk is nearly full']),
        ...(isAway ? ['the database cannot be reached'] : []),
        ...(store || isAway ? [] : ['the pictures cannot be reached']),
        ...(painters || isAway ? [] : ['nobody paints']),
      ];
    },
    isPaused: looking(() => isPaused(database), false),
  };
}

/** Whoever asks how it is does not wait for longer. */
const PATIENCE_MS = 3000;

/**
 * One look at a time, however many ask.
 * @param otherwise what is said if nothing comes of it, or not in time
 */
function looking(look: () => Promise<boolean>, otherwise: boolean): () => Promise<boolean> {
  let underWay: Promise<boolean> | undefined;
  return () => {
    underWay ??= look()
      .catch(() => otherwise)
      .finally(() => (underWay = undefined));
    return Promise.race([underWay, sleep(PATIENCE_MS, otherwise, { ref: false })]);
  };
}
