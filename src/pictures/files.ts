import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  constants,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  isShelf,
  keyIn,
  reaching,
  type Kept,
  type PictureKey,
  type PictureStore,
  type Room,
  type Shelf,
} from './store.js';

/** Nobody is in the middle of putting a picture there for so long. */
const LEFT_MS = 60 * 60_000;
/** Whoever takes a folder away that has become empty may do so just before something is put into it. */
const ATTEMPTS = 5;

/**
 * Pictures as files in a folder, which their owner alone can read as far as the folders go.
 * @param root made as soon as there is something to put into it
 */
export function filesStore(root: string): PictureStore {
  const place = (key: PictureKey | Shelf) => join(root, key);
  return {
    async put(key, file) {
      await stat(file); // that there is none is no fault of ours
      await inFolder(async () => into(place(key), file, moved));
    },
    get: (key) => inFolder(() => readFile(place(key)).catch(undefinedIfGone)),
    fetch: (key, file) =>
      inFolder(() =>
        // That the file cannot be made is another matter.
        unlessGone(
          copyFile(place(key), file, constants.COPYFILE_FICLONE),
          () => !existsSync(place(key)),
        ),
      ),
    copy: (from, to) => inFolder(() => unlessGone(into(place(to), place(from), copied))),
    remove: (what) =>
      inFolder(async () => {
        if (isShelf(what)) return removeFolder(place(what));
        await rm(place(what), { force: true });
        if (isShelf(`${dirname(what)}/`)) await removeEmpty(dirname(place(what)));
      }),
    list: (room) => inFolder(() => listed(root, room, Date.now() - LEFT_MS)),
  };
}

/** Does something to a file's place, whose folder is made if need be. @throws Error of code ENOENT if there is no file */
async function into(
  place: string,
  file: string,
  act: (file: string, place: string) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await act(file, place);
      return;
    } catch (error) {
      const isTaken = ['ENOENT', 'EEXIST'].includes(codeOf(error));
      if (!isTaken || attempt === ATTEMPTS || !existsSync(file)) throw error;
    }
  }
}

async function moved(file: string, place: string): Promise<void> {
  try {
    await rename(file, place);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await copied(file, place);
    await rm(file);
  }
}

/** Written beside its place first, so that nobody sees half of it. */
async function copied(file: string, place: string): Promise<void> {
  const part = join(dirname(place), `.${randomBytes(8).toString('hex')}.part`);
  try {
    await copyFile(file, part, constants.COPYFILE_FICLONE);
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Taken away in one move, so that nobody puts something into it meanwhile. */
async function removeFolder(folder: string): Promise<void> {
  // Should the bot end in between, this is the folder of no request, and is tidied away.
  const nobodys = join(dirname(folder), randomBytes(16).toString('base64url'));
  await rename(folder, nobodys).catch(undefinedIfGone);
  await rm(nobodys, { recursive: true, force: true });
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined); // it is not empty, as a rule
}

/**
 * What lies in a folder, and for what was sent also in its folders. What is none of ours there, and older than `before`, is
 * removed on the way: half written by a process that is no more.
 */
async function listed(
  root: string,
  folder: Room | Shelf,
  before: number,
): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(undefinedIfGone);
  for (const entry of entries ?? []) {
    const path = `${folder}${entry.name}`;
    const file = join(root, path);
    const found = await stat(file).catch(undefinedIfGone);
    if (found === undefined) continue; // removed just now
    const changedAt = found.mtimeMs;
    const key = keyIn(path);
    if (key !== undefined && found.isFile()) kept.push({ key, changedAt });
    else if (found.isFile() && folder !== 'uploads/' && changedAt < before)
      await rm(file, { force: true });
    else if (found.isDirectory() && isShelf(`${path}/`)) {
      kept.push(...(await listed(root, `${path}/` as Shelf, before)));
      if (changedAt < before) await removeEmpty(file);
    }
  }
  return kept;
}

/** A file that is not there, or of which the disk has lost something, is none. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EIO']);

function undefinedIfGone(error: unknown): undefined {
  if (!GONE.has(codeOf(error))) throw error;
}

/** Whether something could be done to a picture. */
async function unlessGone(act: Promise<void>, isGone = () => true): Promise<boolean> {
  try {
    await act;
    return true;
  } catch (error) {
    if (isGone()) undefinedIfGone(error);
    else throw error;
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function inFolder<T>(act: () => Promise<T>): Promise<T> {
  return reaching('the folder of the pictures', act);
}
