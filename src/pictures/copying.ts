import { join } from 'node:path';
import type { PictureStore, Room } from './store.js';

const rooms: readonly Room[] = ['pictures/', 'uploads/'];

/**
 * Copies all pictures from one store to another. What is there already is passed over, so who was interrupted may begin again.
 * @param scratch a folder on this machine
 * @returns how many were copied
 * @throws StoreUnreachable
 */
export async function copyPictures(
  from: PictureStore,
  to: PictureStore,
  scratch: string,
  signal: AbortSignal,
): Promise<number> {
  let copied = 0;
  for (const room of rooms) {
    const there = new Set((await to.list(room)).map(({ key }) => key));
    for (const { key } of await from.list(room)) {
      if (there.has(key)) continue;
      signal.throwIfAborted();
      const file = join(scratch, 'picture');
      if (!(await from.fetch(key, file))) continue; // removed just now
      await to.put(key, file);
      copied += 1;
    }
  }
  return copied;
}
