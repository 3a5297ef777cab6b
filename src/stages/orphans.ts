import { keyIn, type PictureStore } from '../pictures/store.js';
import { shown } from '../queue/desk.js';
import type { Sql } from '../queue/sql.js';

/**
 * Removes painted pictures of which the queue knows nothing: of a painter that had lost its claim, or of a time that a backup
 * does not go back to.
 * @param before only what is there since before then, in milliseconds since 1970: what another painter has just put there, the
 * queue will learn of
 * @throws StoreUnreachable
 */
export async function removeOrphans(
  pictures: PictureStore,
  database: Sql,
  before: number,
): Promise<void> {
  for (const { key, changedAt } of await pictures.list('pictures/')) {
    if (changedAt >= before) continue;
    const answer = (await shown(database, Number.parseInt(key.slice('pictures/'.length), 10)))
      ?.answer;
    if (answer?.type !== 'painted' || keyIn(answer.file) !== key) await pictures.remove(key);
  }
}
