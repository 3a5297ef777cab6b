import { open, rename, rm } from 'node:fs/promises';

/** Writes a file that its owner alone can read (mode 0600): all of it or nothing, in place of whatever is there. */
export async function writePrivately(file: string, text: string): Promise<void> {
  // Written beside it and moved, so that a full disk leaves the old one as it was.
  const written = `${file}.tmp`;
  await rm(written, { force: true }); // whatever lies there may be for others to read
  const handle = await open(written, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync(); // a token that replaces one which holds no more must outlast a power cut
  } finally {
    await handle.close();
  }
  await rename(written, file);
}
