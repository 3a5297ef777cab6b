import { chmodSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { mastodonAccountSchema } from './platforms/mastodon/sign-in.js';
import { PlatformError } from './platforms/port.js';
import type { Vault } from './platforms/x/credentials.js';
import { xAccountSchema, type XAccount } from './platforms/x/sign-in.js';
import { writePrivately } from './private-file.js';
import { FolderTaken, lockFolder, type Unlock } from './queue/lock.js';

/*
 * The accounts that `pentimento login` has signed the bot in to, in a file that its owner alone can read.
 */

const FILE = 'accounts.json';
/** Held by whoever changes that file. */
const LOCK = 'accounts.lock';
/** X has a minute to renew a token. */
const LOCK_MS = 90_000;

const fileSchema = z.strictObject({
  mastodon: z.array(mastodonAccountSchema).readonly().default([]),
  x: z.array(xAccountSchema).readonly().default([]),
});
export type StoredAccounts = z.infer<typeof fileSchema>;

/**
 * @param folder the data folder
 * @throws Error if the file is there and cannot be read; its content is not repeated, for it holds tokens
 */
export function storedAccounts(folder: string): StoredAccounts {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600); // as after a copy by hand
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { mastodon: [], x: [] };
    throw new Error(`${file} cannot be read`, { cause: error });
  }
  const result = fileSchema.safeParse(parsed(text));
  if (!result.success)
    throw new Error(`${file} is not as "pentimento login" writes it; remove it and sign in again`);
  return result.data;
}

/**
 * Keeps what `change` makes of the accounts, all of it or nothing. Nobody else, in whatever process, changes them meanwhile.
 * @throws Error if somebody else does so for too long; whatever `change` throws
 */
export async function changeAccounts(
  folder: string,
  change: (stored: StoredAccounts) => StoredAccounts | Promise<StoredAccounts>,
): Promise<StoredAccounts> {
  await mkdir(folder, { recursive: true });
  const unlock = await locked(folder);
  try {
    const accounts = await change(storedAccounts(folder));
    const text = `${JSON.stringify(accounts, undefined, 2)}\n`;
    await writePrivately(join(folder, FILE), text);
    return accounts;
  } finally {
    unlock();
  }
}

/** Where the credentials of an account on X are kept. */
export function vaultOf(folder: string, account: Pick<XAccount, 'userId' | 'credentials'>): Vault {
  const { userId } = account;
  const credentialsIn = ({ x }: StoredAccounts) => {
    const found = x.find((each) => each.userId === userId);
    if (found === undefined) throw new PlatformError('fatal', 'the account has been signed out');
    return found.credentials;
  };
  return {
    credentials: () => account.credentials,
    renewed: async (isDue, renew) => {
      const stored = await changeAccounts(folder, async (accounts) => {
        const current = credentialsIn(accounts);
        if (current.method !== 'oauth2' || !isDue(current)) return accounts;
        const credentials = await renew(current);
        const x = accounts.x.map((each) =>
          each.userId === userId ? { ...each, credentials } : each,
        );
        return { ...accounts, x };
      });
      return credentialsIn(stored);
    },
  };
}

async function locked(folder: string): Promise<Unlock> {
  const deadline = performance.now() + LOCK_MS;
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
