import type { Config } from '../config.js';
import { chosenStore, openPictures } from '../pictures/open.js';
import { NOBODYS } from '../pictures/store.js';
import { reasonOf } from '../reason.js';
import { withAnyQueue } from './doctor-queue.js';

/** What to look at if a store does not answer. */
const advice = {
  files: 'see to who may read it, and to its disk',
  postgres: 'see to the database (DATABASE_URL)',
  s3: 'see whether the storage runs, and to pictures.s3 in the settings: endpoint, region, bucket and keys',
} as const;

/**
 * Asks the store of pictures for one that is not there.
 * @throws Error that says what is wrong with it
 */
export async function checkPictures(config: Config): Promise<string> {
  const { pictures, dataFolder: folder, database } = config;
  const isShared = database.url !== undefined;
  const store = chosenStore(pictures.store, isShared);
  const where = {
    files: `files in ${folder}`,
    postgres: 'in the database',
    s3: `in the bucket ${pictures.s3.bucket ?? ''}`,
  }[store];
  const ask = async (database?: Parameters<typeof openPictures>[0]['database']) => {
    const opened = await openPictures({ ...pictures, folder, database });
    try {
      await opened.get(NOBODYS);
    } catch (error) {
      throw new Error(`${reasonOf(error)}; ${advice[store]}`, { cause: error });
    }
    return `${where}, which answers`;
  };
  if (store !== 'postgres' || !isShared) return ask();
  return withAnyQueue(config, (queue) =>
    queue === undefined ? Promise.resolve(`${where}, as soon as it has its tables`) : ask(queue),
  );
}
