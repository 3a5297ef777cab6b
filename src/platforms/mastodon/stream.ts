import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Log } from '../../log.js';
import { version } from '../../version.js';
import { isFailure } from '../port.js';
import { waitMs } from '../backoff.js';
import { camelCased } from './entities.js';

/*
 * The stream is spoken here with `ws` and not through masto: masto reconnects without telling (so nobody knows when
 * to catch up), does not notice a half-open connection, and retries for ever on a bad token, which it logs.
 */

export interface StreamOptions {
  /** wss://…/api/v1/streaming */
  readonly url: string;
  readonly accessToken: string;
  readonly log: Log;
  /** Called after every (re)connection, when events flow: what happened before must be fetched. And when they cease. */
  readonly onConnected: (isConnected: boolean) => void;
  /** Called with the payload of each `notification` event, unchecked. */
  readonly onNotification: (payload: unknown) => Promise<void>;
  /** Called with the id of each post that is gone. */
  readonly onDelete: (postId: string) => Promise<void>;
  /** Asks whether the token holds. @throws PlatformError of kind "fatal" if it does not */
  readonly verify: () => Promise<unknown>;
}

/** Servers ping every 30 seconds: after two and a half of those in silence the connection is dead. */
const SILENCE_MS = 75_000;
/** A connection that lasts so long was a good one; a server that ends each sooner is left alone for longer each time. */
const GOOD_MS = 10_000;

const messageSchema = z.object({ event: z.string(), payload: z.string() });

/**
 * Follows the user stream, reconnecting as often as needed, until the signal aborts.
 * @throws PlatformError of kind "fatal" when the token does not hold any more; whatever a callback throws.
 */
export async function followStream(options: StreamOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    // Said once, for some servers name a stream and have none.
    const since = performance.now();
    const connected = await connection(options, failures === 0 ? 'info' : 'debug', signal);
    if (connected) options.onConnected(false);
    if (connected && performance.now() - since >= GOOD_MS) failures = 0;
    await sleep(waitMs(failures), undefined, { signal }).catch(() => undefined);
  }
}

/** One connection from opening to its end, which is said at a level of the log; tells whether it ever opened. */
function connection(
  options: StreamOptions,
  level: 'info' | 'debug',
  signal: AbortSignal,
): Promise<boolean> {
  const { url, accessToken, log, onConnected, onNotification, onDelete } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}?stream=user`, {
      // In a header and not in the URL, which servers and proxies write into their logs. Some servers want a name.
      headers: { Authorization: `Bearer ${accessToken}`, 'User-Agent': `pentimento/${version}` },
      handshakeTimeout: 15_000,
      maxPayload: 4e6,
    });
    let opened = false;
    let isDenied = false;
    /** What is told one after the other, in the order in which it came. */
    let told = Promise.resolve();
    const silence = setTimeout(() => socket.terminate(), SILENCE_MS);
    const onAbort = () => socket.terminate();
    signal.addEventListener('abort', onAbort, { once: true });

    socket.on('open', () => {
      opened = true;
      onConnected(true);
    });
    socket.on('ping', () => silence.refresh());
    socket.on('message', (data: Buffer) => {
      silence.refresh();
      const message = messageIn(data.toString('utf8'));
      told = told
        .then(() => tell(message))
        .catch((error: unknown) => {
          reject(error instanceof Error ? error : new Error(String(error)));
          socket.terminate();
        });
    });
    const tell = async (message: ReturnType<typeof messageIn>) => {
      if (message?.event === 'notification') await onNotification(message.payload);
      if (message?.event === 'delete') await onDelete(String(message.payload));
    };
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      isDenied = response.statusCode === 401;
      socket.terminate();
    });
    socket.on('error', (error) => log.debug({ reason: error.message }, 'the stream'));
    socket.on('close', (code) => {
      clearTimeout(silence);
      signal.removeEventListener('abort', onAbort);
      if (!signal.aborted) log[level]({ code, opened }, 'the stream has ended; reconnecting');
      // Mastodon's streaming server denies a token also when it cannot look it up; so the other server is asked.
      if (isDenied) options.verify().then(() => resolve(false), unlessFatal);
      else void told.then(() => resolve(opened));
    });
    const unlessFatal = (error: unknown) => {
      if (isFailure(error, 'fatal')) reject(error);
      else resolve(false);
    };
  });
}

/** A message with its payload unpacked: JSON, or the bare id of a `delete`. Undefined for what cannot be read. */
function messageIn(
  text: string,
): { readonly event: string; readonly payload: unknown } | undefined {
  try {
    const { event, payload } = messageSchema.parse(JSON.parse(text));
    return { event, payload: event === 'notification' ? camelCased(JSON.parse(payload)) : payload };
  } catch {
    return undefined; // catching up will find what was in it
  }
}
