import { chmodSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CHANGE_MS,
  noAccounts,
  parsedAccounts,
  type AccountBook,
  type StoredAccounts,
} from './book.js';
import { writePrivately } from '../private-file.js';
import { FolderTaken, lockFolder, type Unlock } from '../queue/lock.js';

/** Its name in the data folder. */
export const ACCOUNT_FILE = 'accounts.json';
/** Held by whoever changes that file. */
const LOCK = 'accounts.lock';

/**
 * Keeps accounts in a file that its owner alone can read.
 * @param folder the data folder
 */
export function accountFile(folder: string): AccountBook {
  return {
    read: () => Promise.resolve().then(() => stored(folder)),
    change: async (change) => {
      await mkdir(folder, { recursive: true });
      const unlock = await lockAccounts(folder);
      try {
        const accounts = await change(stored(folder));
        const text = `${JSON.stringify(accounts, undefined, 2)}\n`;
        await writePrivately(join(folder, ACCOUNT_FILE), text);
        return accounts;
      } finally {
        unlock();
      }
    },
  };
}

/**
 * Keeps everybody else from changing the file.
 * @throws Error if somebody else does so for too long
 */
export async function lockAccounts(folder: string): Promise<Unlock> {
  const deadline = performance.now() + CHANGE_MS;
  for (;;)
    try {
      return lockFolder(join(folder, LOCK));
    } catch (error) {
      if (!(error instanceof FolderTaken)) throw error;
      if (performance.now() > deadline)
        throw new Error('somebody else is changing the accounts', { cause: error });
      await sleep(50);
    }
}

function stored(folder: string): StoredAccounts {
  const file = join(folder, ACCOUNT_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600); // as after a copy by hand
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return noAccounts;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
  const accounts = parsedAccounts(text);
  if (accounts === undefined)
    throw new Error(`${file} is not as "pentimento login" writes it; remove it and sign in again`);
  return accounts;
}
