import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PictureTooLarge, PlatformError } from './port.js';

/** Slow servers are given up on after this long, however steadily they trickle. */
const TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 3;

/**
 * Saves what a URL holds. Nothing is left behind if it fails.
 * @throws PictureTooLarge; PlatformError, "refused" if the server says 4xx, else "unreachable"
 */
export async function download(
  url: string,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await follow(url, limits);
    if (response.body === null) throw new PlatformError('unreachable', 'an empty answer');
    await pipeline(Readable.fromWeb(response.body), limited(maxBytes), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    signal.throwIfAborted();
    if (error instanceof PlatformError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlatformError('unreachable', `cannot download a picture: ${reason}`, undefined, {
      cause: error,
    });
  }
}

async function follow(url: string, signal: AbortSignal, redirects = 0): Promise<Response> {
  const { protocol } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new PlatformError('refused', `a picture at a ${protocol} address`);
  const response = await fetch(url, { signal, redirect: 'manual' });
  const location = response.headers.get('Location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    await response.body?.cancel();
    if (redirects === MAX_REDIRECTS) throw new PlatformError('refused', 'too many redirects');
    return follow(new URL(location, url).href, signal, redirects + 1);
  }
  if (!response.ok) {
    await response.body?.cancel();
    // 408 and 429 are the two client errors that pass.
    const final = response.status < 500 && response.status !== 408 && response.status !== 429;
    throw new PlatformError(
      final ? 'refused' : 'unreachable',
      `a picture's server answers ${response.status}`,
    );
  }
  // A page in place of a picture comes from something on the way that has trouble, and goes away with it.
  if (response.headers.get('Content-Type')?.startsWith('text/html')) {
    await response.body?.cancel();
    throw new PlatformError('unreachable', "a picture's server answers with a page");
  }
  return response;
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
