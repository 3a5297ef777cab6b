import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';

/**
 * Server-Sent Events. Who asks for the head alone gets that alone: a body that nobody reads would never end, and whoever
 * writes it would wait for its reader for ever.
 */
export function eventStream(
  c: Context,
  write: (stream: SSEStreamingApi) => Promise<void>,
): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  // nginx would keep the events until it had some kilobytes of them.
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, write);
}
