import { createHash } from 'node:crypto';
import { secret } from '../support/secrets.js';
import { fieldsOf, json, page, problem, type Answer, type Asked } from './http.js';
import type { Endpoint } from './meter.js';
import { isSigned, oauthFields } from './oauth1.js';
import { token, type User, type World } from './world.js';

/** An application of the operator's, with what it may do. */
export interface App {
  readonly key: string;
  readonly secret: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callback: string;
  /** What OAuth 1.0a lets it do. */
  level: 'read' | 'read-write';
}

const READ = ['tweet.read', 'users.read'] as const;
const WRITE = [...READ, 'tweet.write'] as const;
const MEDIA = ['media.write'] as const;

/**
 * What a token must be good for
 * (https://docs.x.com/fundamentals/authentication/guides/v2-authentication-mapping).
 */
export const SCOPES: Readonly<Record<Endpoint, readonly string[]>> = {
  me: READ,
  mentions: READ,
  'own posts': READ,
  lookup: READ,
  post: WRITE,
  removal: WRITE,
  upload: MEDIA,
  'media status': MEDIA,
  metadata: MEDIA,
};

/** By what a request is allowed. */
export interface Grant {
  readonly user: User;
  readonly level: App['level'];
  readonly scopes: ReadonlySet<string>;
}

interface Token extends Grant {
  /** Of OAuth 1.0a. */
  readonly secret: string;
}
interface Bearer extends Grant {
  readonly refresh: string;
  readonly expiresAt: number;
}

/** What somebody has allowed, before the application has come for it. */
interface Code {
  readonly user: User;
  readonly challenge: string;
  readonly scope: string;
  readonly callback: string;
}

const NEW_MS = 5 * 60_000;

/** What a person sees; whoever is signed in on X says here who they are. */
const ASKING = `<!doctype html><title>X, but not really</title>
<h1>Authorize Pentimento to access your account?</h1>
<form method="post"><input name="username" value="pentimento"> <button>Authorize app</button></form>`;

/** Who may do what on the fake X: both ways to sign in, and what each request is allowed by. */
export class Doorkeeper {
  readonly app: App = {
    key: token(),
    secret: secret('app secret', token()),
    clientId: token(),
    clientSecret: secret('client secret', token()),
    callback: 'http://127.0.0.1/',
    level: 'read-write',
  };
  /** Two hours on X. */
  bearerMs = 2 * 60 * 60_000;
  readonly #requested = new Map<string, { secret: string; pin?: string; user?: User }>();
  readonly #tokens = new Map<string, Token>();
  readonly #codes = new Map<string, Code>();
  readonly #bearers = new Map<string, Bearer>();
  readonly #nonces = new Set<string>();

  constructor(private readonly world: World) {}

  /** An account's tokens, as after signing in. */
  tokensFor(user: User, level: Grant['level'] = this.app.level) {
    const accessToken = secret('access token', `${user.id}-${token()}`);
    const accessSecret = secret('access token', token());
    const scopes = new Set<string>(level === 'read' ? READ : [...WRITE, ...MEDIA]);
    this.#tokens.set(accessToken, { user, level, scopes, secret: accessSecret });
    return { accessToken, accessSecret };
  }

  /** All that somebody has let programs do is over. */
  revokeAll(user: User): void {
    for (const tokens of [this.#tokens, this.#bearers])
      for (const [key, grant] of tokens) if (grant.user === user) tokens.delete(key);
  }

  /** Who asks; undefined if the request is not signed as it must be. */
  grantOf(asked: Asked): Grant | undefined {
    const { authorization = '' } = asked.headers;
    if (authorization.startsWith('Bearer ')) {
      const bearer = this.#bearers.get(authorization.slice(7));
      return bearer && bearer.expiresAt > Date.now() ? bearer : undefined;
    }
    const fields = oauthFields(authorization);
    const known = this.#tokens.get(fields?.get('oauth_token') ?? '');
    return known && this.#isFresh(asked, known.secret) ? known : undefined;
  }

  /** What has to do with signing in; undefined for everything else. */
  handle(asked: Asked): Answer | undefined {
    switch (`${asked.method} ${asked.url.pathname}`) {
      case 'POST /oauth/request_token':
        return this.#request(asked);
      case 'GET /oauth/authorize':
      case 'GET /i/oauth2/authorize':
        return page(200, ASKING);
      case 'POST /oauth/authorize':
        return this.#showPin(asked);
      case 'POST /oauth/access_token':
        return this.#access(asked);
      case 'POST /i/oauth2/authorize':
        return this.#sendBack(asked);
      case 'POST /2/oauth2/token':
        return this.#token(asked);
      case 'POST /2/oauth2/revoke':
        return this.#revoke(asked);
      case 'POST /1.1/oauth/invalidate_token':
        return this.#invalidate(asked);
      default:
        return undefined;
    }
  }

  /** Signed with our secrets, not long ago, and not seen before. */
  #isFresh({ method, url, headers, body }: Asked, tokenSecret: string): boolean {
    const { authorization = '', 'content-type': type = '' } = headers;
    const fields = oauthFields(authorization);
    const age = Math.abs(Date.now() / 1000 - Number(fields?.get('oauth_timestamp')));
    const nonce = fields?.get('oauth_nonce') ?? '';
    const form = type.includes('form-urlencoded')
      ? new URLSearchParams(body.toString())
      : undefined;
    if (fields?.get('oauth_consumer_key') !== this.app.key || !(age * 1000 < NEW_MS)) return false;
    if (nonce === '' || this.#nonces.has(nonce)) return false;
    this.#nonces.add(nonce);
    return isSigned({ method, url, authorization, form }, this.app.secret, tokenSecret);
  }

  #request(asked: Asked): Answer {
    if (!this.#isFresh(asked, '')) return unauthorized();
    const [key, its] = [token(), secret('access token', token())];
    this.#requested.set(key, { secret: its });
    return form({ oauth_token: key, oauth_token_secret: its, oauth_callback_confirmed: 'true' });
  }

  #showPin(asked: Asked): Answer {
    const requested = this.#requested.get(asked.url.searchParams.get('oauth_token') ?? '');
    if (requested === undefined) return page(403, 'There is no request token for this page.');
    requested.user = this.world.user(fieldsOf(asked).get('username') ?? '');
    requested.pin = String(1_000_000 + Number(BigInt(this.world.nextId()) % 9_000_000n));
    return page(200, `<p>Enter this PIN: <code>${requested.pin}</code></p>`);
  }

  #access(asked: Asked): Answer {
    const key = oauthFields(asked.headers.authorization ?? '')?.get('oauth_token') ?? '';
    const requested = this.#requested.get(key);
    if (requested?.user === undefined || !this.#isFresh(asked, requested.secret))
      return unauthorized();
    if (fieldsOf(asked).get('oauth_verifier') !== requested.pin) return unauthorized();
    this.#requested.delete(key);
    const { user } = requested;
    const { accessToken, accessSecret } = this.tokensFor(user);
    return form({
      oauth_token: accessToken,
      oauth_token_secret: accessSecret,
      user_id: user.id,
      screen_name: user.username,
    });
  }

  #invalidate(asked: Asked): Answer {
    if (this.grantOf(asked) === undefined) return unauthorized();
    const key = oauthFields(asked.headers.authorization ?? '')?.get('oauth_token') ?? '';
    this.#tokens.delete(key);
    return json(200, { access_token: key });
  }

  #sendBack(asked: Asked): Answer {
    const { searchParams } = asked.url;
    const callback = searchParams.get('redirect_uri') ?? '';
    if (searchParams.get('client_id') !== this.app.clientId || callback !== this.app.callback)
      return page(400, 'Something went wrong.');
    const code = secret('authorization code', token());
    this.#codes.set(code, {
      user: this.world.user(fieldsOf(asked).get('username') ?? ''),
      challenge: searchParams.get('code_challenge') ?? '',
      scope: searchParams.get('scope') ?? '',
      callback,
    });
    const location = new URL(callback);
    location.search = new URLSearchParams({
      state: searchParams.get('state') ?? '',
      code,
    }).toString();
    return page(302, '', { location: location.href });
  }

  #token(asked: Asked): Answer {
    if (!this.#isOurApp(asked)) return unauthorized();
    const given = fieldsOf(asked);
    if (given.get('grant_type') === 'refresh_token') {
      const refresh = given.get('refresh_token') ?? '';
      const [key, old] = [...this.#bearers].find(([, each]) => each.refresh === refresh) ?? [];
      if (key === undefined || old === undefined) return invalidGrant();
      this.#bearers.delete(key);
      return this.#bearer(old.user, old.scopes);
    }
    const code = given.get('code') ?? '';
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = given.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (known?.challenge !== challenge || known.callback !== given.get('redirect_uri'))
      return invalidGrant();
    return this.#bearer(known.user, new Set(known.scope.split(' ')));
  }

  #bearer(user: User, scopes: ReadonlySet<string>): Answer {
    const accessToken = secret('access token', token());
    const refresh = secret('refresh token', token());
    const expiresAt = Date.now() + this.bearerMs;
    const level = scopes.has('tweet.write') ? 'read-write' : 'read';
    this.#bearers.set(accessToken, { user, level, scopes, refresh, expiresAt });
    return json(200, {
      token_type: 'bearer',
      expires_in: this.bearerMs / 1000,
      access_token: accessToken,
      refresh_token: refresh,
      scope: [...scopes].join(' '),
    });
  }

  #revoke(asked: Asked): Answer {
    if (!this.#isOurApp(asked)) return unauthorized();
    const given = fieldsOf(asked).get('token');
    for (const [key, { refresh }] of this.#bearers)
      if (given === key || given === refresh) this.#bearers.delete(key);
    return json(200, { revoked: true });
  }

  #isOurApp({ headers }: Asked): boolean {
    const { clientId, clientSecret } = this.app;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    return headers.authorization === `Basic ${basic}`;
  }
}

function form(fields: Record<string, string>): Answer {
  // X calls it HTML.
  return page(200, new URLSearchParams(fields).toString());
}

export function unauthorized(): Answer {
  return problem(401, 'Unauthorized', 'Unauthorized');
}

function invalidGrant(): Answer {
  return json(400, {
    error: 'invalid_request',
    error_description: 'Value passed for the token was invalid.',
  });
}
