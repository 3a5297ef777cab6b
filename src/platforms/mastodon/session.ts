import { createRestAPIClient, type mastodon } from 'masto';
import { z } from 'zod';
import { hideFromLogs, type Log } from '../../log.js';
import { isFailure, PlatformError, type Cursor } from '../port.js';
import { remembered } from '../remembered.js';
import { bounds } from './bounded.js';
import { Budget, type RateLimits } from './budget.js';
import type { Self } from './entities.js';
import { asking } from './failures.js';
import { readInstance, type Instance } from './instance.js';

export interface MastodonOptions {
  /** What to call this account in the queue: it must stay the same, or old mentions look new. */
  readonly name: string;
  /** https://instance.example */
  readonly url: string;
  readonly accessToken: string;
  readonly cursor: Cursor;
  /** What the server lets the account do; Mastodon's own limits if nothing else is known. */
  readonly rateLimits?: RateLimits;
  readonly log: Log;
}

const selfSchema = z.object({ id: z.string(), username: z.string() });

/** Limits change when a server is updated, which it is more often than the bot is started. */
const INSTANCE_MS = 24 * 60 * 60_000;

/** An account's way to its server. What is not known until the server has been reached is asked for when it is needed. */
export interface Session {
  readonly options: MastodonOptions;
  readonly client: mastodon.rest.Client;
  /** Who we are. @throws PlatformError */
  readonly self: () => Promise<Self>;
  /** The same, asked anew. @throws PlatformError */
  readonly signIn: () => Promise<Self>;
  /** What the server takes. @throws PlatformError */
  readonly instance: () => Promise<Instance>;
  /** When the server's list of notifications was last read, as performance.now() has it. */
  heardAt: number | undefined;
  /** Whether the server has said that it does not let us in any more. */
  isShutOut: boolean;
}

export function openSession(options: MastodonOptions): Session {
  const { url, accessToken, rateLimits } = options;
  hideFromLogs(accessToken);
  const budget = new Budget(Date.now, rateLimits);
  const client = createRestAPIClient({ url, accessToken, ...bounds(budget) });
  const host = new URL(url).hostname;
  let known: { readonly instance: Instance; readonly at: number } | undefined;
  const signIn = () =>
    asking('signing in', async () => {
      const { id, username } = selfSchema.parse(await client.v1.accounts.verifyCredentials());
      return { id, host, address: `${username}@${host}` };
    }).catch((error: unknown) => {
      // However a server puts it: it does not let us in.
      if (isFailure(error, 'refused'))
        throw new PlatformError('fatal', error.message, undefined, { cause: error });
      throw error;
    });
  const self = remembered(signIn);
  const instance = async () => {
    if (known === undefined || Date.now() - known.at > INSTANCE_MS)
      known = { instance: await readInstance(client), at: Date.now() };
    return known.instance;
  };
  return { options, client, self, signIn, instance, heardAt: undefined, isShutOut: false };
}
