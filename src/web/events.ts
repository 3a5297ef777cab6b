import type { Context } from 'hono';
import type { RequestStatus, StatusFeed } from './status.js';
import { eventStream } from './stream.js';

/** A line goes out at least this often, so that neither side takes silence for a broken connection. */
const heartbeat = 15_000;

/** After so many milliseconds without us a browser looks whether we are back. */
const reconnectAfter = 1000;

/**
 * Server-Sent Events: first `snapshot` with all requests that there are, then a `status` for every change. A reader
 * who is slower than the news gets the newest of each request and is spared what lies between.
 */
export function streamStatus(c: Context, feed: StatusFeed): Response {
  return eventStream(c, async (stream) => {
    const waiting = new Map<string, RequestStatus>();
    let wake = (): void => undefined;
    const end = feed.subscribe((status) => {
      waiting.set(status.mention, status);
      wake();
    });
    stream.onAbort(() => {
      wake();
    });
    try {
      await stream.writeSSE({
        event: 'snapshot',
        data: JSON.stringify(await feed.current()),
        retry: reconnectAfter,
      });
      while (!stream.aborted) {
        const [next] = waiting.values();
        if (next !== undefined) {
          waiting.delete(next.mention);
          await stream.writeSSE({ event: 'status', data: JSON.stringify(next) });
          continue;
        }
        const isNews = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(resolve, heartbeat, false);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
        });
        if (!isNews) await stream.write(': still here\n\n');
      }
    } finally {
      end();
    }
  });
}
