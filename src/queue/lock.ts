import Database from 'better-sqlite3';

/** Its name in the data folder. */
export const LOCK_FILE = 'pentimento.lock';

/** Gives the folder free for another bot. */
export type Unlock = () => void;

/** Another bot has the folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

/**
 * Keeps other bots out of a data folder: two would answer one mention twice. The lock is an exclusive transaction on a
 * database of its own, which the operating system ends with the process however that dies; a file with a process id
 * in it would have to be removed by hand after a crash.
 * @throws FolderTaken if another bot is there
 */
export function lockFolder(file: string): Unlock {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY')
      throw new FolderTaken('another bot is running with it; stop that one first', {
        cause: error,
      });
    throw error;
  }
  return () => database.close();
}
