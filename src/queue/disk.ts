import { statfs } from 'node:fs/promises';

/** With less than this no render begins: the database must still be able to write down what happens. */
const MIN_FREE_BYTES = 100e6;

/** Whether there is room on the disk of a folder for what the bot writes. */
export async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= MIN_FREE_BYTES;
}
