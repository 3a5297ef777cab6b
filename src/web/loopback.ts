/** Whether a host name, with or without a port, means this machine and no other. */
export function isLoopback(host: string): boolean {
  const name = hostname(host);
  return (
    name === 'localhost' ||
    name?.endsWith('.localhost') === true ||
    name === '[::1]' ||
    (name !== undefined && /^127(?:\.\d{1,3}){3}$/.test(name))
  );
}

/**
 * Whether a server that listens on `boundTo` may answer a request with this `Host`. A web page elsewhere can let its
 * own name point to 127.0.0.1 (DNS rebinding) and then speak to us as if it were ours; its name gives it away.
 */
export function isHostAllowed(boundTo: string, host: string | undefined): boolean {
  return !isLoopback(bracketed(boundTo)) || (host !== undefined && isLoopback(host));
}

/** Whether a browser sends the request on behalf of another site's page. Programs send no origin. */
export function isForeign(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return false;
  try {
    return new URL(origin).host !== host?.toLowerCase();
  } catch {
    return true;
  }
}

/** IPv6 addresses stand in brackets wherever a port may follow. */
function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** As one goes there. "Every address" is one to listen on, not one to go to. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : bracketed(host);
}

function hostname(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}
