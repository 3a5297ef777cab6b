import { z } from 'zod';
import { mastodonAccountSchema } from '../platforms/mastodon/sign-in.js';
import { PlatformError } from '../platforms/port.js';
import type { Vault } from '../platforms/x/credentials.js';
import { xAccountSchema, type XAccount } from '../platforms/x/sign-in.js';

/*
 * The accounts that `pentimento login` has signed the bot in to. They are kept beside the queue: in a file that its owner alone
 * can read, or in the database that several machines share.
 */

const storedAccountsSchema = z.strictObject({
  mastodon: z.array(mastodonAccountSchema).readonly().default([]),
  x: z.array(xAccountSchema).readonly().default([]),
});
export type StoredAccounts = z.infer<typeof storedAccountsSchema>;

export const noAccounts: StoredAccounts = { mastodon: [], x: [] };

/** What becomes of the accounts. It may take its time: X has a minute to renew a token. */
export type Change = (stored: StoredAccounts) => StoredAccounts | Promise<StoredAccounts>;

/** Where the accounts are kept. */
export interface AccountBook {
  /** @throws Error if they cannot be read; what is there is not repeated, for it holds tokens */
  read(): Promise<StoredAccounts>;
  /**
   * Keeps what `change` makes of the accounts, all of it or nothing, and gives it. Nobody else, in whatever process and on
   * whatever machine, changes them meanwhile.
   * @throws Error if somebody else does so for too long; whatever `change` throws
   */
  change(change: Change): Promise<StoredAccounts>;
}

/** How long one waits for somebody else's change, in milliseconds. */
export const CHANGE_MS = 90_000;

/** Where the credentials of an account on X are kept. */
export function vaultOf(
  book: AccountBook,
  account: Pick<XAccount, 'userId' | 'credentials'>,
): Vault {
  const { userId } = account;
  const credentialsIn = ({ x }: StoredAccounts) => {
    const found = x.find((each) => each.userId === userId);
    if (found === undefined) throw new PlatformError('fatal', 'the account has been signed out');
    return found.credentials;
  };
  return {
    credentials: () => account.credentials,
    renewed: async (isDue, renew) => {
      const stored = await book.change(async (accounts) => {
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

/** What was kept; undefined if it is not as it was written. */
export function parsedAccounts(text: string): StoredAccounts | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return storedAccountsSchema.safeParse(json).data;
}
