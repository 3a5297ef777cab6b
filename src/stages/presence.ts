import { setTimeout as sleep } from 'node:timers/promises';
import { hasRoom } from '../queue/disk.js';
import { SAY_MS, sayPaints, sayPaintsNoMore } from '../queue/painters.js';
import type { Queue } from '../queue/queue.js';

export interface PresenceOptions {
  readonly queue: Queue;
  /** Where this machine paints. */
  readonly folder: string;
}

/** Says all the while to who shares the database that this process paints, as long as it can, until the signal aborts. */
export async function presenceStage(
  { queue: { database, machine }, folder }: PresenceOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    if (await hasRoom(folder))
      await database.transaction((sql) => sayPaints(sql, machine, Date.now()), { durable: false });
    await sleep(SAY_MS, undefined, { signal }).catch(() => undefined);
  }
  // Of whom it cannot be said is silent from now on, and that says the same.
  if (database.isAway !== true) await sayPaintsNoMore(database, machine, Date.now());
}
