import { setTimeout as sleep } from 'node:timers/promises';
import { together } from '../../together.js';
import { PlatformError, type Listener, type Mention } from '../port.js';
import { waitMs } from '../backoff.js';
import { catchUpFrom } from './catch-up.js';
import { notificationSchema, toMention } from './entities.js';
import type { Session } from './session.js';
import { followStream } from './stream.js';

/** Between two catch-ups while the stream is up: for what servers forget to send. Servers allow 60 requests a minute. */
const CATCH_UP_MS = 60_000;
/** And while there is no stream, or the server has none at all: a sixth of what servers allow. */
const POLL_MS = 6000;

/**
 * Hears mentions: as the server streams them, and from its list, which is read after every (re)connection, every minute,
 * and more often while nothing is streamed. A server that is away is waited for.
 * @throws PlatformError of kind "fatal"; whatever the listener throws
 */
export async function listenTo(
  session: Session,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const { client, options } = session;
  const { cursor, log, accessToken } = options;
  const reached = await persistently(session, listener, signal);
  if (reached === undefined) return;
  const { self, streaming } = reached;

  const onNotification = async (payload: unknown) => {
    const mention = read(payload);
    if (mention) await listener.mentioned(mention);
  };
  /** One notification that cannot be read must not keep us from the next. */
  const read = (payload: unknown): Mention | undefined => {
    try {
      return toMention(notificationSchema.parse(payload), self);
    } catch (error) {
      log.warn({ error }, 'a notification that cannot be read is passed over');
      return undefined;
    }
  };

  const state = { isStreaming: false, isDue: true, failures: 0 };
  // Each page counts: of a server that fails now and then, a long list would else take longer and longer.
  const onPage = () => (state.failures = 0);
  const catchUp = catchUpFrom(client, cursor, onNotification, onPage);
  let wake = new AbortController();
  /** Reads the list whenever it is time to, until aborted. */
  const keepCatchingUp = async (stopped: AbortSignal) => {
    const onStop = () => wake.abort();
    stopped.addEventListener('abort', onStop, { once: true });
    while (!stopped.aborted) {
      wake = new AbortController();
      const waiting = await attempt();
      // Asked for meanwhile: by a stream that has begun to flow.
      if (!state.isDue)
        await sleep(waiting, undefined, { signal: wake.signal }).catch(() => undefined);
    }
  };
  /** Reads the list; tells how long to wait before the next time. */
  const attempt = async (): Promise<number> => {
    state.isDue = false;
    try {
      await catchUp();
      session.heardAt = performance.now();
      return state.isStreaming ? CATCH_UP_MS : POLL_MS;
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind === 'fatal') throw error;
      state.failures++;
      listener.failed(error);
      // Said once: a server may be away for a day.
      log[state.failures === 1 ? 'warn' : 'debug']({ error }, 'could not catch up; trying again');
      return waitAfter(error, state.failures);
    }
  };
  const onConnected = (isConnected: boolean) => {
    state.isStreaming = isConnected;
    if (!isConnected) return;
    // The stream comes first: what arrives while catching up is then not missed.
    state.isDue = true;
    wake.abort();
  };

  const follow = (url: string, stopping: AbortSignal) =>
    followStream(
      {
        url,
        accessToken,
        log,
        onConnected,
        onNotification,
        onDelete: listener.deleted,
        verify: session.signIn,
      },
      stopping,
    );
  await together(signal, (stopping) => [
    keepCatchingUp(stopping),
    ...(streaming === undefined ? [] : [follow(streaming, stopping)]),
  ]);
}

/** Three times as long as it takes between two lists. */
const SILENCE_MS = 3 * CATCH_UP_MS;

/** What keeps an account from being heard, if anything does. */
export function troubleOf(session: Session): string | undefined {
  const {
    options: { name },
    heardAt,
    isShutOut,
  } = session;
  if (isShutOut) return `${name}: its server does not let it in any more`;
  if (heardAt === undefined) return `${name}: its server has not been reached yet`;
  const silence = performance.now() - heardAt;
  return silence < SILENCE_MS
    ? undefined
    : `${name}: its server could not be asked for ${Math.round(silence / 60_000)} minutes`;
}

/** Who we are and where the stream is, asked until the server answers; undefined if the signal aborts before. */
async function persistently(
  { self, instance, options: { log, url } }: Session,
  listener: Listener,
  signal: AbortSignal,
) {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return { self: await self(), streaming: (await instance()).streaming };
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind === 'fatal') throw error;
      listener.failed(error);
      const level = failures === 1 ? 'warn' : 'debug';
      log[level]({ error, url }, 'the server cannot be reached; it will be tried again');
      await sleep(waitAfter(error, failures), undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** Longer each time, but as long as the server says if it does, within what a server can mean. */
function waitAfter({ retryAt }: PlatformError, failures: number): number {
  const asked = retryAt === undefined ? 0 : retryAt.getTime() - Date.now();
  return Math.max(waitMs(failures), Math.min(asked, 30 * 60_000));
}
