import { filesStore } from './files.js';
import { postgresStore, type PictureDatabase } from './postgres.js';
import { openS3 } from './s3.js';
import type { PicturesSettings } from './settings.js';
import type { PictureStore } from './store.js';

export interface PicturesOptions extends PicturesSettings {
  /** Where files lie, if that is where pictures are to be: the data folder. */
  readonly folder: string;
  /** The queue's. */
  readonly database?: PictureDatabase | undefined;
}

/** Which of the stores the settings mean. */
export function chosenStore(store: PicturesSettings['store'], isShared: boolean) {
  if (store !== 'auto') return store;
  return isShared ? 'postgres' : 'files';
}

/**
 * The store that the settings choose. Nothing is asked of it yet: one that is away is no reason not to start.
 * @throws Error that says what to do, if it takes something that is not there
 */
export async function openPictures(options: PicturesOptions): Promise<PictureStore> {
  const { store, s3, folder, database } = options;
  const shared = database?.engine === 'postgres' ? database : undefined;
  switch (chosenStore(store, shared !== undefined)) {
    case 'files':
      return filesStore(folder);
    case 'postgres':
      if (shared === undefined)
        throw new Error(
          'pictures.store: postgres takes a database of PostgreSQL; name it in DATABASE_URL',
        );
      return postgresStore(shared);
    case 's3': {
      const { bucket } = s3;
      if (bucket === undefined) throw new Error('pictures.store: s3 takes pictures.s3.bucket');
      return openS3({ ...s3, bucket });
    }
  }
}
