import { randomBytes } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import ipaddr from 'ipaddr.js';
import { hashOf, isSameSecret, visitorOf, type Client } from './renders/client.js';

/*
 * Who is at a browser. A session is a random secret in a cookie, and begins with the first page; of the secret we keep
 * only its hash, with what was asked for in it.
 */

export interface Session {
  readonly client: Client;
  /** What the forms of a session carry, so that no other site's form is taken for one of them. */
  readonly csrf: string;
}

export interface SessionOptions {
  /** Where people reach us by way of a proxy, which is then believed whom it speaks for. */
  readonly address: string | undefined;
  /** Random, and another one after every start. */
  readonly salt: string;
}

const COOKIE = 'pentimento';
const SECRET = /^[A-Za-z0-9_-]{43}$/;
/** As long as a picture may be kept. */
const MAX_AGE_SECONDS = 90 * 24 * 60 * 60;

/** The session of a request; a new one if it has none. */
export function sessionOf(c: Context, { address, salt }: SessionOptions): Session {
  const known = getCookie(c, COOKIE);
  const secret =
    known !== undefined && SECRET.test(known) ? known : randomBytes(32).toString('base64url');
  if (secret !== known)
    setCookie(c, COOKIE, secret, {
      path: '/',
      httpOnly: true,
      // A link from elsewhere shows one's own pictures; a form from elsewhere is nobody's.
      sameSite: 'Lax',
      secure: address?.startsWith('https:') === true,
      maxAge: MAX_AGE_SECONDS,
    });
  return {
    client: visitorOf(secret, networkOf(c, address !== undefined), salt),
    csrf: hashOf(`csrf ${secret}`).toString('base64url'),
  };
}

/** Whether a form is one of ours, given to this very session. */
export function isOwnForm({ csrf }: Session, shown: string): boolean {
  return isSameSecret(csrf, shown);
}

/** Where somebody comes from: an IPv4 address, or the network of an IPv6 one, of which everybody has 2⁶⁴. */
function networkOf(c: Context, isProxied: boolean): string {
  // The proxy adds its own client at the end; whatever stands before that anybody may have written.
  const passedOn = isProxied
    ? c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim()
    : undefined;
  const address = passedOn ?? getConnInfo(c).remote.address ?? '';
  if (!ipaddr.isValid(address)) return '';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}
