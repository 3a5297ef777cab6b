import { chmodSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { mastodonAccountSchema, type MastodonAccount } from './platforms/mastodon/sign-in.js';

/*
 * The accounts that `pentimento login` has signed the bot in to, in a file that its owner alone can read.
 */

const FILE = 'accounts.json';
const fileSchema = z.strictObject({ mastodon: z.array(mastodonAccountSchema).readonly() });

/**
 * @param folder the data folder
 * @throws Error if the file is there and cannot be read; its content is not repeated, for it holds tokens
 */
export function storedAccounts(folder: string): readonly MastodonAccount[] {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600); // as after a copy by hand
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Error(`${file} cannot be read`, { cause: error });
  }
  const result = fileSchema.safeParse(parsed(text));
  if (!result.success)
    throw new Error(`${file} is not as "pentimento login" writes it; remove it and sign in again`);
  return result.data.mastodon;
}

/** Keeps these accounts and no others. */
export async function storeAccounts(
  folder: string,
  accounts: readonly MastodonAccount[],
): Promise<void> {
  const file = join(folder, FILE);
  await mkdir(folder, { recursive: true });
  // Written beside it and moved, so that a full disk leaves the old one as it was.
  const written = `${file}.tmp`;
  await rm(written, { force: true }); // whatever lies there may be for others to read
  await writeFile(written, `${JSON.stringify({ mastodon: accounts }, undefined, 2)}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  await rename(written, file);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
