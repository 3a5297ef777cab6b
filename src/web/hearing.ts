import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';

/*
 * Most who send a picture look for the answer only when all is sent, and take a connection that is closed before for a broken
 * one. So what is refused in its middle, or at its head, is heard to its end, and thrown away (RFC 9112, 9.6).
 */

/** As long as a picture takes on a slow line, and as much as a form may have; not more, as it is for nothing. */
const LONGEST_MS = 60_000;
const IDLE_MS = 20_000;
const MOST_BYTES = 64e6;

/** Who was too slow already is not waited for. */
const TOO_SLOW = 408;

/** Before an answer is sent, hears the rest of what it answers. */
export const heardOut: MiddlewareHandler<{ Bindings: HttpBindings }> = async (c, next) => {
  await next();
  const { incoming } = c.env;
  if (incoming.complete || c.res.status === TOO_SLOW) return;
  const body: ReadableStream<Uint8Array> | null = c.req.raw.body;
  if (body === null || body.locked) return;
  const reader = body.getReader();
  // What is waited for then comes as the end. The connection stays: there is an answer to be sent.
  const giveUp = () => void reader.cancel().catch(() => undefined);
  const total = setTimeout(giveUp, LONGEST_MS);
  const idle = setTimeout(giveUp, IDLE_MS);
  try {
    for (let bytes = 0; bytes < MOST_BYTES; idle.refresh()) {
      const { value } = await reader.read();
      if (value === undefined) break;
      bytes += value.length;
    }
  } catch {
    // Whoever has hung up in the middle hears no answer either.
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
};
