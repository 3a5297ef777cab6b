import { looking } from './looking.js';
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
  const cannotAsk = () => database.isAway === true;
  const hasPictures = looking(() => pictures.get(NOBODYS).then(() => true), false);
  // Whoever cannot ask does not know that there is none.
  const hasPainters = looking(async () => (await paintersOf(database, Date.now())) > 0, true);
  return {
    lacks: async () => {
      const wasAway = cannotAsk();
      const looks = Promise.all([hasPictures(), paints || hasPainters()]);
      const room = await hasRoom(folder);
      // Then there is no more to be told, and whether it is back shows the next time.
      const [store, painters] = wasAway ? [true, true] : await looks;
      const isAway = wasAway || cannotAsk();
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
