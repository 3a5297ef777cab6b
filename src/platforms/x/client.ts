import { TwitterApi, type IClientSettings } from 'twitter-api-v2';
import { z } from 'zod';
import { hideFromLogs } from '../../log.js';
import { isFailure, PlatformError } from '../port.js';
import { boundedSettings } from './bounded.js';
import { keySchema, secretsOf, type Credentials, type OAuth2, type Vault } from './credentials.js';
import { asking } from './failures.js';

/** So long before it runs out an access token is renewed. */
const AHEAD_MS = 5 * 60_000;

const renewedSchema = z.object({
  accessToken: keySchema,
  refreshToken: keySchema,
  expiresIn: z.number().positive(),
});

/** Asks X with credentials that hold, which may first have to be renewed. */
export class XClient {
  readonly #settings;
  #known: { readonly by: Credentials; readonly client: TwitterApi } | undefined;
  /** What X has given for a refresh token, which holds no more: kept here until it is kept in the vault. */
  #granted: { readonly by: string; readonly fresh: OAuth2 } | undefined;
  /** Why X does not let us in any more: then it is not asked again. */
  #shutOut: PlatformError | undefined;

  constructor(
    url: string,
    private readonly vault: Vault,
    private readonly now: () => number = Date.now,
  ) {
    this.#settings = boundedSettings(url);
  }

  get isShutOut(): boolean {
    return this.#shutOut !== undefined;
  }

  /** @throws PlatformError of kind "fatal" if X has said that it does not let us in */
  requireLetIn(): void {
    if (this.#shutOut !== undefined) throw this.#shutOut;
  }

  /**
   * Does something on X.
   * @throws PlatformError
   */
  async ask<T>(what: string, question: (client: TwitterApi) => Promise<T>): Promise<T> {
    this.requireLetIn();
    const once = async (isDue: (current: OAuth2) => boolean) => {
      const client = await this.#client(isDue);
      return asking(what, () => question(client));
    };
    try {
      return await once(({ expiresAt }) => expiresAt - AHEAD_MS <= this.now()).catch(
        (error: unknown) => {
          const { by } = this.#known ?? {};
          if (!isFailure(error, 'fatal') || by?.method !== 'oauth2') throw error;
          // X may end an access token before its time; a new one will tell.
          return once(({ accessToken }) => accessToken === by.accessToken);
        },
      );
    } catch (error) {
      if (isFailure(error, 'fatal')) this.#shutOut = error;
      throw error;
    }
  }

  async #client(isDue: (current: OAuth2) => boolean): Promise<TwitterApi> {
    const credentials = this.#known?.by ?? this.vault.credentials();
    const mustRenew = credentials.method === 'oauth2' && isDue(credentials);
    const by = mustRenew
      ? await this.vault
          .renewed(isDue, (current) => this.#renew(current))
          .catch((error: unknown) => {
            if (error instanceof PlatformError) throw error;
            // The disk is full, say; X was not asked what it was to be asked.
            throw new PlatformError('later', 'the new access token cannot be kept', undefined, {
              cause: error,
            });
          })
      : credentials;
    if (this.#known?.by !== by) {
      for (const secret of secretsOf(by)) hideFromLogs(secret);
      this.#known = { by, client: clientOf(by, this.#settings) };
    }
    return this.#known.client;
  }

  async #renew(current: OAuth2): Promise<OAuth2> {
    const { clientId, clientSecret, refreshToken } = current;
    if (this.#granted?.by === refreshToken) return this.#granted.fresh;
    const application = new TwitterApi(
      { clientId, ...(clientSecret !== undefined && { clientSecret }) },
      this.#settings,
    );
    const given = await asking('renewing the access token', async () =>
      renewedSchema.parse(await application.refreshOAuth2Token(refreshToken)),
    ).catch((error: unknown) => {
      // "invalid_grant": it has been used, or taken back.
      if (isFailure(error, 'refused'))
        throw new PlatformError('fatal', error.message, undefined, { cause: error.cause });
      throw error;
    });
    const fresh = {
      ...current,
      accessToken: given.accessToken,
      refreshToken: given.refreshToken,
      expiresAt: Math.round(this.now() + given.expiresIn * 1000),
    };
    this.#granted = { by: refreshToken, fresh };
    return fresh;
  }
}

/** The library with these credentials. */
export function clientOf(credentials: Credentials, settings: Partial<IClientSettings>): TwitterApi {
  if (credentials.method === 'oauth2') return new TwitterApi(credentials.accessToken, settings);
  const { appKey, appSecret, accessToken, accessSecret } = credentials;
  return new TwitterApi({ appKey, appSecret, accessToken, accessSecret }, settings);
}
