import { constants, ftruncateSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { version } from '../version.js';
import type { Download } from './source.js';
import { digestOf, partOf, versionOf } from './weights-file.js';

/*
 * Fetches a file of weights. It grows as NAME.part, which outlives everything: a connection that breaks, the command, the
 * machine. It gets its name when it has the length and the hash that the manifest tells, and is on the disk.
 */

/** The longest silence: before the connection, before the answer, and between two pieces of it. */
const IDLE_MS = 30_000;
/** A connection that breaks is followed by another; so many that bring nothing, one after the other, are enough. */
const MAX_IN_VAIN = 3;
/** And so many in all: of a large file a good connection brings more than a tenth. */
const MAX_CONNECTIONS = 10;
/** The addresses of releases and buckets lead elsewhere once or twice. */
const MAX_REDIRECTS = 5;
/** As many as Node's own client takes. */
const MAX_HEADER_BYTES = 16_384;

export interface PullOptions {
  /** The address of a folder to fetch the file from, in place of the one that the manifest names. */
  readonly mirror?: string;
  /** Called with how much is there, 0..1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
  readonly idleMs?: number;
}

/** The file cannot be had; the message says why. What has been fetched so far is kept unless it is of no use. */
export class PullError extends Error {
  override readonly name = 'PullError';
}

/** The connection ended before the file did; another one may bring more. */
class Cut extends Error {}

/** The address that a file is fetched from. */
export function addressOf({ url }: Download, mirror: string | undefined): URL {
  if (mirror === undefined) return new URL(url);
  return new URL(basename(new URL(url).pathname), mirror.endsWith('/') ? mirror : `${mirror}/`);
}

/**
 * Fetches a file, or what is missing of it, through the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY,
 * NO_PROXY), and puts it in its place. Its folder is made if need be.
 * @throws PullError; the signal's reason if it is aborted
 */
export async function pull(
  source: Download,
  file: string,
  { mirror, onProgress, signal, idleMs = IDLE_MS }: PullOptions = {},
): Promise<void> {
  const agent = openAgent(idleMs);
  const stop = () => void agent.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    await inPart(file, async (part) => {
      const url = addressOf(source, mirror);
      const fetchAll = () => fetchRest({ url, source, file, part, agent, onProgress });
      const resumed = (await part.stat()).size > 0;
      await fetchAll();
      if (resumed && (await digestOf(partOf(file), source)) !== source.digest) {
        // The beginning was of another file, or had been written badly.
        await part.truncate();
        await fetchAll();
      }
      await requireDigest(file, source);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await agent.destroy();
  }
}

/** @throws PullError if the environment names a proxy whose address cannot be read */
function openAgent(idleMs: number): Dispatcher {
  try {
    return new EnvHttpProxyAgent({
      connect: { timeout: idleMs },
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
  } catch (cause) {
    // Not the address itself: there may be a password in it.
    throw new PullError('HTTPS_PROXY or HTTP_PROXY is no address like http://proxy.example:3128', {
      cause,
    });
  }
}

/**
 * Puts a file that somebody has already in its place, if it is the right one.
 * @throws PullError
 */
export async function adopt(source: Download, file: string, from: string): Promise<void> {
  const found = await stat(from).catch(() => undefined);
  if (!found?.isFile()) throw new PullError(`there is no file ${from}`);
  if (found.size !== source.bytes)
    throw new PullError(`${from} has ${found.size} bytes, and the right file ${source.bytes}`);
  const digest = await digestOf(from, source);
  if (digest !== source.digest)
    throw new PullError(`${from} is another file: its hash is ${digest}, not ${source.digest}`);
  await inPart(file, async () => {
    await copyFile(from, partOf(file));
    await requireDigest(file, source);
  });
}

/** Does something with NAME.part, and gives it its name when that is done and on the disk. */
async function inPart(file: string, fill: (part: FileHandle) => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const part = await open(partOf(file), constants.O_RDWR | constants.O_CREAT);
    try {
      await fill(part);
      await part.sync();
    } finally {
      await part.close();
    }
    await rename(partOf(file), file);
    await rm(versionOf(file), { force: true });
    const folder = await open(dirname(file));
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof PullError || code === undefined) throw error;
    const reason = code === 'ENOSPC' ? 'the disk is full' : (error as Error).message;
    throw new PullError(`${file} cannot be written: ${reason}`, { cause: error });
  }
}

/** @throws PullError if the part is not the file; then it is gone */
async function requireDigest(file: string, source: Download): Promise<void> {
  const digest = await digestOf(partOf(file), source);
  if (digest === source.digest) return;
  await rm(partOf(file), { force: true });
  await rm(versionOf(file), { force: true });
  throw new PullError(
    `what came is not the file: its hash is ${digest}, not ${source.digest}; nothing of it is kept`,
  );
}

interface Fetch {
  readonly url: URL;
  readonly source: Download;
  readonly file: string;
  readonly part: FileHandle;
  readonly agent: Dispatcher;
  readonly onProgress: PullOptions['onProgress'];
}

/** Fetches until the part is as long as the file, over several connections if need be. */
async function fetchRest(fetch: Fetch): Promise<void> {
  const { source, part, url } = fetch;
  const size = async () => (await part.stat()).size;
  if ((await size()) > source.bytes) await part.truncate();
  let inVain = 0;
  for (let connections = 1; (await size()) < source.bytes; connections++) {
    const before = await size();
    try {
      await fetchOnce(fetch, before);
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      inVain = (await size()) > before ? 0 : inVain + 1;
      if (inVain === MAX_IN_VAIN || connections >= MAX_CONNECTIONS)
        throw new PullError(
          (await size()) === 0
            ? `${url.host} gives nothing of the file (${error.message}); try again later`
            : `${url.host} gives no more than ${await size()} of ${source.bytes} bytes (${error.message}); what is there is kept, so try again later`,
          { cause: error },
        );
    }
  }
}

/** One connection: what comes is written behind what is there, or in its place if the server begins anew. */
async function fetchOnce({ url, source, file, part, agent, onProgress }: Fetch, offset: number) {
  const etag = offset > 0 ? await readEtag(file) : undefined;
  const { statusCode, headers, body } = await follow(url, agent, {
    'Accept-Encoding': 'identity',
    'User-Agent': `pentimento/${version}`,
    ...(offset > 0 && { Range: `bytes=${offset}-` }),
    ...(etag !== undefined && { 'If-Range': etag }),
  });
  if (statusCode === 416 && offset > 0) {
    // What the server has is shorter than our part, so that is of another file.
    await body.dump();
    await part.truncate();
    return;
  }
  if (statusCode !== 200 && statusCode !== 206)
    throw new PullError(`${url.href} answers ${statusCode}`);
  if (String(headers['content-type']).startsWith('text/html'))
    throw new PullError(
      `${url.href} answers with a page; perhaps something between here and there wants you to sign in`,
    );
  if (String(headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new PullError(`${url.href} answers compressed, which was not asked for`);
  const start = statusCode === 206 ? offset : 0;
  const length = Number(headers['content-length'] ?? source.bytes - start);
  if (statusCode === 206 && !String(headers['content-range']).startsWith(`bytes ${start}-`))
    throw new PullError(`${url.href} answers with another part than was asked for`);
  if (start + length !== source.bytes)
    throw new PullError(
      `${url.href} has a file of ${start + length} bytes, and the right one has ${source.bytes}`,
    );
  // From here to the last byte nothing is waited for but bytes: a connection that breaks takes with it what has come and
  // has not been read.
  if (start === 0) {
    ftruncateSync(part.fd);
    writeEtag(file, headers.etag);
  }
  let size = start;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (size + chunk.length > source.bytes)
        throw new PullError(`${url.href} gives more than the ${source.bytes} bytes of the file`);
      writeAt(part, chunk, size);
      size += chunk.length;
      onProgress?.(size / source.bytes);
    }
  } catch (error) {
    asCut(error);
  }
  if (size < source.bytes) throw new Cut('the connection ended');
}

function writeAt({ fd }: FileHandle, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** Asks for a URL, then for where it redirects to; never leaves https for http. */
async function follow(
  start: URL,
  dispatcher: Dispatcher,
  headers: Readonly<Record<string, string>>,
): Promise<Dispatcher.ResponseData> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, { dispatcher, headers: { ...headers } }).catch(asCut);
    const { location } = response.headers;
    if (response.statusCode < 300 || response.statusCode > 399 || typeof location !== 'string')
      return response;
    await response.body.dump().catch(asCut);
    if (redirects === MAX_REDIRECTS) throw new PullError(`${start.href} redirects too often`);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.protocol !== 'https:' && next?.protocol !== start.protocol)
      throw new PullError(`${start.href} redirects to an address that is not followed`);
    url = next;
  }
}

/** Trouble with the network is a cut connection; trouble of ours, or with the disk, is not. */
function asCut(error: unknown): never {
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof PullError || syscall === 'write') throw error;
  throw new Cut(`${message}${code && !message.includes(code) ? `, ${code}` : ''}`, {
    cause: error,
  });
}

/** A strong validator; by a weak one, parts cannot be put together (RFC 9110, section 13.1.5). */
const STRONG_ETAG = /^"[\x21\x23-\x7e]{1,256}"$/;

function writeEtag(file: string, etag: unknown): void {
  rmSync(versionOf(file), { force: true });
  if (typeof etag === 'string' && STRONG_ETAG.test(etag)) writeFileSync(versionOf(file), etag);
}

/** Undefined if the server told none: then the hash alone says in the end whether the parts belong together. */
async function readEtag(file: string): Promise<string | undefined> {
  const etag = await readFile(versionOf(file), 'utf8').catch(() => '');
  return STRONG_ETAG.test(etag) ? etag : undefined;
}
