import type { Context } from 'hono';
import type { QueueFeed } from '../feed.js';
import { eventStream } from '../stream.js';
import type { Render } from './renders.js';

/** A line goes out at least this often, so that neither side takes silence for a broken connection. */
const HEARTBEAT_MS = 15_000;
/** After so many milliseconds without us a client looks whether we are back. */
const RECONNECT_MS = 1000;

const isEnd = ({ state }: Render) =>
  state === 'painted' || state === 'failed' || state === 'cancelled';

/**
 * Server-Sent Events on one request: `state` at once and at every change, until it comes to an end; `gone` if it is
 * removed. A client who is slower than the news gets the newest and is spared what lies between.
 */
export function streamRender(
  c: Context,
  feed: QueueFeed,
  id: string,
  find: () => Promise<Render | undefined>,
  body: (render: Render) => unknown,
): Response {
  return eventStream(c, async (stream) => {
    let isNews = true;
    let wake = (): void => undefined;
    const unsubscribe = feed.subscribe(({ mention }) => {
      if (mention !== id) return;
      isNews = true;
      wake();
    });
    stream.onAbort(() => wake());
    try {
      let said = '';
      while (!stream.aborted) {
        if (isNews) {
          isNews = false;
          const render = await find();
          if (render === undefined) {
            await stream.writeSSE({ event: 'gone', data: '{}' });
            return;
          }
          const data = JSON.stringify(body(render));
          if (data !== said) await stream.writeSSE({ event: 'state', data, retry: RECONNECT_MS });
          said = data;
          if (isEnd(render)) return;
          continue;
        }
        const isSilent = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(resolve, HEARTBEAT_MS, true);
          wake = () => {
            clearTimeout(timer);
            resolve(false);
          };
        });
        // Another process may have changed it: the operator's commands do.
        if (isSilent) {
          await stream.write(': still here\n\n');
          isNews = true;
        }
      }
    } finally {
      unsubscribe();
    }
  });
}
