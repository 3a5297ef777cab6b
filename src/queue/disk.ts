import { statfs } from 'node:fs/promises';

/** With less than this no render begins: the database must still be able to write down what happens. */
const MIN_FREE_BYTES = 100e6;

/** How many bytes the disk of a folder has room for. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Whether there is room on the disk of a folder for what the bot writes. */
export async function hasRoom(folder: string): Promise<boolean> {
  return (await freeBytes(folder)) >= MIN_FREE_BYTES;
}
