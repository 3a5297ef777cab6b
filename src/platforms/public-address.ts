import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { PlatformError } from './port.js';

/** All that IANA has given out for addresses that the whole internet can reach (RFC 4291, section 2.4). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address belongs to some host on the public internet. Of what IANA keeps for special purposes
 * (https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry) nothing is, not even
 * the few anycast addresses there that can be reached, nor IPv6 addresses that stand for an IPv4 address.
 */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

export interface ConnectorOptions {
  /** scheme://host:port whose address may be any, because the operator chose it. */
  readonly trustedOrigin: string | undefined;
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
}

/**
 * How undici connects when strangers choose where to: to public addresses and to the trusted origin. The addresses
 * judged are the very ones that are then connected to; a name that is looked up once to be checked and once more to
 * be used can point elsewhere the second time (DNS rebinding).
 */
export function publicConnector(options: ConnectorOptions): buildConnector.connector {
  const { trustedOrigin, lookup, timeoutMs: timeout } = options;
  // With autoSelectFamily, Node asks for all addresses of a name and tries one after the other (RFC 8305).
  const toAny = buildConnector({ timeout, lookup, autoSelectFamily: true });
  const toPublic = buildConnector({ timeout, lookup: publicOnly(lookup), autoSelectFamily: true });
  return (target, callback) => {
    if (`${target.protocol}//${target.host ?? ''}` === trustedOrigin) toAny(target, callback);
    // Node looks names up, but not addresses.
    else if (isIP(target.hostname) !== 0 && !isPublic(target.hostname)) callback(notPublic(), null);
    else toPublic(target, callback);
  };
}

/** Leaves out the addresses that are not public; a name that has no other fails. */
function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, found);
      const addresses = typeof found === 'string' ? [] : found;
      const allowed = addresses.filter(({ address }) => isPublic(address));
      callback(allowed.length === 0 ? notPublic() : null, allowed);
    });
}

function notPublic(): PlatformError {
  return new PlatformError('refused', 'a picture at an address that is not public');
}
