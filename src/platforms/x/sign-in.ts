import { TwitterApi } from 'twitter-api-v2';
import { z } from 'zod';
import { hideFromLogs } from '../../log.js';
import { isFailure, PlatformError } from '../port.js';
import { boundedSettings, X_API } from './bounded.js';
import { clientOf } from './client.js';
import { credentialsSchema, keySchema, secretsOf, type Credentials } from './credentials.js';
import { addressOf, idSchema } from './entities.js';
import { asking } from './failures.js';

/*
 * How a person gives the bot an account on X, with the operator's own keys: on X's page they let it in, and bring from there
 * either a number (OAuth 1.0a with a PIN) or the address that they were sent to (OAuth 2.0 with PKCE). Neither takes a
 * server that X could reach.
 */

/** An account that somebody has signed the bot in to. */
export const xAccountSchema = z
  .strictObject({
    userId: idSchema,
    /** pentimento@x.com */
    address: z.string().min(1),
    credentials: credentialsSchema,
  })
  .readonly();
export type XAccount = z.infer<typeof xAccountSchema>;

/** The operator's keys, from the Developer Console. */
export const xKeysSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('oauth1'), appKey: keySchema, appSecret: keySchema }),
  z.strictObject({
    method: z.literal('oauth2'),
    clientId: keySchema,
    clientSecret: keySchema.optional(),
    callback: z.url({ protocol: /^https?$/ }),
  }),
]);
export type XKeys = z.infer<typeof xKeysSchema>;

/** What the bot does needs these, and a refresh token, and no more; docs/x.md says what for. */
const SCOPES = [
  'tweet.read',
  'tweet.write',
  'users.read',
  'media.write',
  'offline.access',
] as const;

export interface XSignIn {
  /** Where somebody who is signed in to the account lets the bot in. */
  readonly page: string;
  /**
   * @param brought the PIN, or the address that X has sent the person to
   * @throws PlatformError if it does not hold, or not for everything that the bot does
   */
  readonly finish: (brought: string) => Promise<XAccount>;
}

/** @param url X_API, or another one for it @throws PlatformError */
export function beginXSignIn(url: string, keys: XKeys): Promise<XSignIn> {
  return keys.method === 'oauth1'
    ? beginWithPin(url, keys)
    : Promise.resolve(beginWithPkce(url, keys));
}

const requestedSchema = z.object({ oauth_token: keySchema, oauth_token_secret: keySchema });
const grantedSchema = z.object({ accessToken: keySchema, accessSecret: keySchema });

async function beginWithPin(
  url: string,
  { appKey, appSecret }: Extract<XKeys, { readonly method: 'oauth1' }>,
): Promise<XSignIn> {
  hideFromLogs(appSecret);
  const settings = boundedSettings(url);
  const link = await asking('asking for a PIN', async () =>
    requestedSchema.parse(
      await new TwitterApi({ appKey, appSecret }, settings).generateAuthLink('oob', {
        linkMode: 'authorize',
      }),
    ),
  );
  hideFromLogs(link.oauth_token_secret);
  const page = new URL('/oauth/authorize', url);
  page.searchParams.set('oauth_token', link.oauth_token);
  const finish = async (pin: string): Promise<XAccount> => {
    hideFromLogs(pin);
    const asked = new TwitterApi(
      {
        appKey,
        appSecret,
        accessToken: link.oauth_token,
        accessSecret: link.oauth_token_secret,
      },
      settings,
    );
    const tokens = await asking('giving the PIN', async () =>
      grantedSchema.parse(await asked.login(pin)),
    ).catch(asRefusal('X does not take this PIN; begin anew, each holds once and not for long'));
    return enter(url, { method: 'oauth1', appKey, appSecret, ...tokens });
  };
  return { page: page.href, finish };
}

const grantSchema = z.object({
  accessToken: keySchema,
  refreshToken: keySchema,
  expiresIn: z.number().positive(),
  scope: z.array(z.string()),
});

function beginWithPkce(
  url: string,
  { clientId, clientSecret, callback }: Extract<XKeys, { readonly method: 'oauth2' }>,
): XSignIn {
  if (clientSecret !== undefined) hideFromLogs(clientSecret);
  const application = { clientId, ...(clientSecret !== undefined && { clientSecret }) };
  const client = new TwitterApi(application, boundedSettings(url));
  const link = client.generateOAuth2AuthLink(callback, { scope: [...SCOPES] });
  hideFromLogs(link.codeVerifier);
  const finish = async (sentTo: string): Promise<XAccount> => {
    const code = codeIn(sentTo, link.state);
    hideFromLogs(code);
    const { scope, expiresIn, ...tokens } = await asking('asking for a token', async () =>
      grantSchema.parse(
        await client.loginWithOAuth2({
          code,
          codeVerifier: link.codeVerifier,
          redirectUri: callback,
        }),
      ),
    ).catch((error: unknown) => {
      // 401: it does not know the application; a code that does not hold is a 400.
      const advice = isFailure(error, 'fatal')
        ? 'X does not know the application; set X_CLIENT_ID and X_CLIENT_SECRET to its client id and client secret (which a "Bot" has) and begin anew'
        : 'X does not take this code; begin anew, each holds once and for half a minute';
      return asRefusal(advice)(error);
    });
    const missing = SCOPES.filter((one) => !scope.includes(one));
    if (missing.length > 0)
      throw new PlatformError(
        'refused',
        `X has not given the bot ${missing.join(', ')}; set the application to "Read and write" in the Developer Console and sign in again`,
      );
    const expiresAt = Math.round(Date.now() + expiresIn * 1000);
    return enter(url, { method: 'oauth2', ...application, ...tokens, expiresAt });
  };
  // The library knows X's own page alone.
  const page = new URL(link.url);
  return { page: new URL(page.pathname + page.search, pageOrigin(url, page.origin)).href, finish };
}

function pageOrigin(url: string, usual: string): string {
  return url === X_API ? usual : url;
}

/** The code in the address that X has sent a person to, if it is the answer to our question. */
function codeIn(sentTo: string, state: string): string {
  const given = URL.canParse(sentTo) ? new URL(sentTo).searchParams : undefined;
  if (given?.get('error') === 'access_denied')
    throw new PlatformError(
      'refused',
      'the bot was not let in; begin anew, and allow what it asks',
    );
  const code = given?.get('code') ?? '';
  if (code === '' || given?.get('state') !== state)
    throw new PlatformError(
      'refused',
      'that is not the address that X has just sent the browser to: all of it is needed, with "state" and "code" in it; begin anew',
    );
  return code;
}

const selfSchema = z.object({
  data: z.object({ data: z.object({ id: idSchema, username: z.string() }) }),
  headers: z.object({ 'x-access-level': z.string().optional() }),
});

/** Checks new credentials, and what they may do; gives the account. */
async function enter(url: string, credentials: Credentials): Promise<XAccount> {
  for (const secret of secretsOf(credentials)) hideFromLogs(secret);
  const client = clientOf(credentials, boundedSettings(url));
  const { data, headers } = await asking('signing in', async () =>
    selfSchema.parse(await client.v2.get('users/me', undefined, { fullResponse: true })),
  );
  // With OAuth 1.0a it is a setting of the application what its keys are good for; X says it in a header.
  const level = headers['x-access-level'] ?? 'read-write';
  if (!level.includes('write'))
    throw new PlatformError(
      'refused',
      'X lets us read and not write; set the application to "Read and write" in the Developer Console and sign in again',
    );
  const { id, username } = data.data;
  return { userId: id, address: addressOf(username), credentials };
}

/** Gives the access back: nobody can act with it any more. @throws PlatformError */
export async function signOutOfX(url: string, { credentials }: XAccount): Promise<void> {
  for (const secret of secretsOf(credentials)) hideFromLogs(secret);
  const settings = boundedSettings(url);
  await asking('signing out', async (): Promise<unknown> => {
    if (credentials.method === 'oauth1')
      return clientOf(credentials, settings).post<unknown>(`${X_API}/1.1/oauth/invalidate_token`);
    const { clientId, clientSecret, refreshToken } = credentials;
    const application = { clientId, ...(clientSecret !== undefined && { clientSecret }) };
    return new TwitterApi(application, settings).revokeOAuth2Token(refreshToken, 'refresh_token');
  });
}

/** An error that says what to do where X refuses; others stay what they are. */
function asRefusal(advice: string) {
  return (error: unknown): never => {
    if (isFailure(error, 'refused') || isFailure(error, 'fatal'))
      throw new PlatformError('refused', advice, undefined, { cause: error });
    throw error;
  };
}
