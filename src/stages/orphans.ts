import type { Kept, PictureStore } from '../pictures/store.js';
import { paintedAmong, type RequestId } from '../queue/desk.js';
import type { Sql } from '../queue/sql.js';

/** So many are asked for at a time: there may be hundreds of thousands. */
const BATCH = 500;

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
  const settled = (await pictures.list('pictures/')).filter(({ changedAt }) => changedAt < before);
  for (let from = 0; from < settled.length; from += BATCH) {
    const batch = settled.slice(from, from + BATCH);
    const known = await paintedAmong(database, batch.map(requestOf));
    for (const { key } of batch) if (!known.has(key)) await pictures.remove(key);
  }
}

/** The request that a picture was painted for, as its key says. */
function requestOf({ key }: Kept): RequestId {
  return Number.parseInt(key.slice('pictures/'.length), 10) as RequestId;
}
