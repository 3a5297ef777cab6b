import { lookup as systemLookup } from 'node:dns';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { reasonOf } from '../reason.js';
import { version } from '../version.js';
import { PictureTooLarge, PlatformError } from './port.js';
import { publicConnector } from './public-address.js';

/** Slow servers are given up on after this long, however steadily they trickle. */
const TOTAL_MS = 60_000;
/** Enough for a server that must first fetch the picture from another one, as Mastodon's media proxy does. */
const IDLE_MS = 20_000;
/** As many as Node's own client takes; a picture needs few. */
const MAX_HEADER_BYTES = 16_384;
const MAX_REDIRECTS = 3;

export interface DownloadOptions {
  /**
   * The origin (scheme://host:port) of a server that the operator has chosen. It alone may have an address that is
   * not public; where it redirects to may not.
   */
  readonly trustedOrigin?: string;
  readonly totalMs?: number;
  /** The longest silence: before the connection, before the answer, and between two pieces of it. */
  readonly idleMs?: number;
  readonly lookup?: LookupFunction;
}

/**
 * Saves what a stranger's URL holds; it is taken from public addresses only. Nothing is left behind if it fails.
 * @throws PictureTooLarge; PlatformError, "refused" if the URL is not one we follow or the server says 4xx, else
 *   "unreachable"
 */
export async function download(
  url: string,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
  options: DownloadOptions = {},
): Promise<void> {
  const { trustedOrigin, totalMs = TOTAL_MS, idleMs = IDLE_MS, lookup = systemLookup } = options;
  const agent = new Agent({
    connect: publicConnector({ trustedOrigin, lookup, timeoutMs: idleMs }),
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  // Not AbortSignal.timeout(): inside of any() it may be garbage before it fires (nodejs/node#57736).
  const stop = new AbortController();
  const tooSlow = new PlatformError('unreachable', `no picture within ${totalMs / 1000} seconds`);
  const timer = setTimeout(() => stop.abort(tooSlow), totalMs);
  const limits = AbortSignal.any([signal, stop.signal]);
  // A request's own signal would not end it while it connects.
  limits.addEventListener('abort', () => void agent.destroy(), { once: true });
  try {
    limits.throwIfAborted();
    const body = await follow(url, agent);
    await pipeline(body, limited(maxBytes), createWriteStream(file), { signal: limits });
  } catch (error) {
    await rm(file, { force: true });
    limits.throwIfAborted();
    if (error instanceof PlatformError) throw error;
    const reason = reasonOf(error);
    throw new PlatformError('unreachable', `cannot download a picture: ${reason}`, undefined, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    stop.abort(); // closes the connections
  }
}

/** Asks for a URL, then for where it redirects to, and gives the body of the answer in the end. */
async function follow(start: string, dispatcher: Dispatcher): Promise<Readable> {
  let url = parsed(start);
  for (let redirects = 0; ; redirects++) {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      headers: { 'Accept-Encoding': 'identity', 'User-Agent': `pentimento/${version}` },
    });
    const { location, 'content-encoding': encoding = 'identity' } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      if (redirects === MAX_REDIRECTS) throw new PlatformError('refused', 'too many redirects');
      url = parsed(location, url);
      continue;
    }
    if (statusCode < 200 || statusCode > 299) {
      // 408 and 429 are the two client errors that pass.
      const final = statusCode < 500 && statusCode !== 408 && statusCode !== 429;
      throw new PlatformError(
        final ? 'refused' : 'unreachable',
        `a picture's server answers ${statusCode}`,
      );
    }
    // Pictures are compressed already; a few bytes that unpack to gigabytes are not unpacked at all.
    if (String(encoding).toLowerCase() !== 'identity')
      throw new PlatformError('refused', 'a compressed answer that we did not ask for');
    // A page in place of a picture comes from something on the way that has trouble, and goes away with it.
    if (String(headers['content-type']).startsWith('text/html'))
      throw new PlatformError('unreachable', "a picture's server answers with a page");
    return body;
  }
}

/** Errors are written into logs, and a URL may hold secrets: neither messages nor their causes repeat it. */
function parsed(reference: string, base?: URL): URL {
  if (!URL.canParse(reference, base?.href))
    throw new PlatformError('refused', 'a picture at an address that cannot be read');
  const url = new URL(reference, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new PlatformError('refused', `a picture at a ${url.protocol} address`);
  if (url.username !== '' || url.password !== '')
    throw new PlatformError('refused', 'a picture at an address with a password in it');
  return url;
}

/** Passes chunks on and fails as soon as there are too many bytes, whatever the headers promised. */
function limited(maxBytes: number) {
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new PictureTooLarge(maxBytes);
      yield chunk;
    }
  };
}
