import { createOAuthAPIClient, createRestAPIClient } from 'masto';
import { z } from 'zod';
import { hideFromLogs } from '../../log.js';
import { PlatformError } from '../port.js';
import { bounds } from './bounded.js';
import { asking } from './failures.js';

/*
 * How a person gives the bot an account (RFC 6749, section 4.1): the application is registered, its page is opened, a
 * code is copied from there. With no address to be sent back to, it works on a machine without a browser.
 */

/** Of a server; with no password in it, which errors would repeat. */
export const serverUrlSchema = z
  .url({
    protocol: /^https?$/,
    error: 'it takes an address that begins with https://',
    abort: true,
  })
  .refine((url) => new URL(url).username + new URL(url).password === '', {
    error: 'it takes an address without a name and a password',
  });

/** As RFC 6750 has them. What no header can hold, say a line break, fetch() would repeat in its error. */
export const accessTokenSchema = z
  .string('the account’s access token is missing')
  .regex(/^[\x21-\x7e]+$/, 'an access token has no spaces and no line breaks');

/** An account that somebody has signed the bot in to, and what it takes to sign out. */
export const mastodonAccountSchema = z
  .strictObject({
    url: serverUrlSchema,
    /** pentimento@mastodon.example */
    address: z.string().min(1),
    accessToken: accessTokenSchema,
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
  })
  .readonly();
export type MastodonAccount = z.infer<typeof mastodonAccountSchema>;

/** What the bot does needs these and no more; docs/mastodon.md says what for. */
const SCOPES = [
  'read:accounts',
  'read:notifications',
  'read:statuses',
  'write:accounts',
  'write:favourites',
  'write:media',
  'write:statuses',
] as const;

const SHOW_THE_CODE = 'urn:ietf:wg:oauth:2.0:oob';

const appSchema = z.object({ clientId: z.string(), clientSecret: z.string() });
const tokenSchema = z.object({ accessToken: accessTokenSchema, scope: z.string().optional() });
const selfSchema = z.object({ username: z.string(), bot: z.boolean().optional() });

export interface SignIn {
  /** Where somebody who is signed in to the account lets the bot in, and gets a code. */
  readonly page: string;
  /** @throws PlatformError if the code does not hold, or not for everything that the bot does */
  readonly finish: (code: string) => Promise<MastodonAccount>;
}

/**
 * Introduces the bot to a server.
 * @param url of the server, without a path
 * @throws PlatformError
 */
export async function beginSignIn(url: string): Promise<SignIn> {
  const scope = SCOPES.join(' ');
  const { clientId, clientSecret } = await asking('registering', async () =>
    appSchema.parse(
      await createRestAPIClient({ url, ...bounds() }).v1.apps.create({
        clientName: 'Pentimento',
        redirectUris: SHOW_THE_CODE,
        scopes: scope,
      }),
    ),
  );
  hideFromLogs(clientSecret);
  const page = new URL('/oauth/authorize', url);
  page.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: SHOW_THE_CODE,
    scope,
  }).toString();

  const finish = async (code: string): Promise<MastodonAccount> => {
    hideFromLogs(code);
    const { accessToken, scope: granted } = await asking('asking for a token', async () =>
      tokenSchema.parse(
        await createOAuthAPIClient({ url, ...bounds() }).token.create({
          grantType: 'authorization_code',
          clientId,
          clientSecret,
          redirectUri: SHOW_THE_CODE,
          code,
          scope,
        }),
      ),
    );
    hideFromLogs(accessToken);
    const give = { url, address: '', accessToken, clientId, clientSecret };
    try {
      return { ...give, address: await enter(accessToken, granted) };
    } catch (error) {
      await signOut(give).catch(() => undefined); // a token that nobody keeps should not hold
      throw error;
    }
  };
  /** Checks a new token, marks its account as a bot, and gives the account's address. */
  const enter = async (accessToken: string, granted: string | undefined): Promise<string> => {
    const missing = granted === undefined ? [] : missingIn(granted);
    if (missing.length > 0)
      throw new PlatformError('refused', `the server does not let us ${missing.join(', ')}`);
    const { accounts } = createRestAPIClient({ url, accessToken, ...bounds() }).v1;
    const { username, bot } = await asking('signing in', async () =>
      selfSchema.parse(await accounts.verifyCredentials()),
    );
    // People see then that nobody is there, and other bots leave it alone.
    if (bot !== true)
      await asking('marking the account as a bot', () => accounts.updateCredentials({ bot: true }));
    return `${username}@${new URL(url).host}`.toLowerCase();
  };
  return { page: page.href, finish };
}

/** Gives a token back: nobody can act with it any more. */
export async function signOut(account: MastodonAccount): Promise<void> {
  const { url, clientId, clientSecret, accessToken: token } = account;
  for (const secret of [clientSecret, token]) hideFromLogs(secret);
  await asking('signing out', () =>
    createOAuthAPIClient({ url, ...bounds() }).revoke({ clientId, clientSecret, token }),
  );
}

/** "read" holds all that begins with it. */
function missingIn(granted: string): readonly string[] {
  const held = granted.split(/[\s+]+/);
  return SCOPES.filter(
    (scope) => !held.includes(scope) && !held.includes(scope.split(':')[0] ?? ''),
  );
}
