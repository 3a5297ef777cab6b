import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * OAuth 1.0a as a server checks it (RFC 5849, section 3): written from the standard, and not with the client's library, which
 * is what is tested.
 */

export interface SignedRequest {
  readonly method: string;
  /** As it was asked for: scheme://host:port/path?query */
  readonly url: URL;
  readonly authorization: string;
  /** The fields of a body that is a form; of no other one. */
  readonly form: URLSearchParams | undefined;
}

/** The fields of the header, if it is one of this kind. */
export function oauthFields(authorization: string): ReadonlyMap<string, string> | undefined {
  if (!authorization.startsWith('OAuth ')) return undefined;
  const pairs = [...authorization.slice(6).matchAll(/(\w+)="([^"]*)"/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** Whether a request is signed with these secrets. */
export function isSigned(request: SignedRequest, appSecret: string, tokenSecret: string): boolean {
  const fields = oauthFields(request.authorization) ?? new Map<string, string>();
  const given = Buffer.from(fields.get('oauth_signature') ?? '');
  const base = baseString(request, fields);
  const key = `${encoded(appSecret)}&${encoded(tokenSecret)}`;
  const right = Buffer.from(createHmac('sha1', key).update(base).digest('base64'));
  return given.length === right.length && timingSafeEqual(given, right);
}

/** Section 3.4.1. */
function baseString(
  { method, url, form }: SignedRequest,
  fields: ReadonlyMap<string, string>,
): string {
  const signed = [...fields].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  // Clients repeat the token in the form that brings the PIN and sign it once, and X lets them in.
  const inForm = [...(form ?? [])].filter(([name]) => !fields.has(name));
  const parameters = [...signed, ...url.searchParams, ...inForm]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  return [method, url.origin + url.pathname, parameters.join('&')].map(encoded).join('&');
}

/** Section 3.6. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
