import { z } from 'zod';

/*
 * By what X knows the bot. Either of two ways, both with the operator's own keys, for X sells its API to them.
 */

/** As X has them; what no header can hold is a copying mistake. */
export const keySchema = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'a key has no spaces and no line breaks');

const oauth1Schema = z
  .strictObject({
    method: z.literal('oauth1'),
    appKey: keySchema,
    appSecret: keySchema,
    accessToken: keySchema,
    accessSecret: keySchema,
  })
  .readonly();
/** OAuth 1.0a: holds until somebody takes it back. */
export type OAuth1 = z.infer<typeof oauth1Schema>;

const oauth2Schema = z
  .strictObject({
    method: z.literal('oauth2'),
    clientId: keySchema,
    /** Of confidential clients. */
    clientSecret: keySchema.optional(),
    accessToken: keySchema,
    /** Good for one use: with it come a new access token and a new one of these. */
    refreshToken: keySchema,
    /** Of the access token, in milliseconds since 1970. */
    expiresAt: z.int(),
  })
  .readonly();
/** OAuth 2.0 with PKCE: an access token holds for two hours. */
export type OAuth2 = z.infer<typeof oauth2Schema>;

export const credentialsSchema = z.discriminatedUnion('method', [oauth1Schema, oauth2Schema]);
export type Credentials = z.infer<typeof credentialsSchema>;

/** Where an account's credentials are kept. */
export interface Vault {
  readonly credentials: () => Credentials;
  /**
   * Puts what `renew` makes of the present OAuth 2.0 credentials in their place: nobody else, in whatever process, renews
   * them meanwhile, and what comes of it is on the disk when this returns. Without OAuth 2.0 nothing happens.
   * @param isDue whether they still have to be renewed, for somebody else may have been faster
   */
  readonly renewed: (
    isDue: (current: OAuth2) => boolean,
    renew: (current: OAuth2) => Promise<OAuth2>,
  ) => Promise<Credentials>;
}

/** All that is secret in them. */
export function secretsOf(credentials: Credentials): readonly string[] {
  return credentials.method === 'oauth1'
    ? [credentials.appSecret, credentials.accessToken, credentials.accessSecret]
    : [credentials.accessToken, credentials.refreshToken, credentials.clientSecret ?? ''];
}
