import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { unhurried } from '../queue/hurry.js';

/**
 * Server-Sent Events. Who asks for the head alone gets that alone: a body that nobody reads would never end, and whoever
 * writes it would wait for its reader for ever. Whoever listens is in no hurry: there is nothing new while the database is away.
 */
export function eventStream(
  c: Context,
  write: (stream: SSEStreamingApi) => Promise<void>,
): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  // nginx would keep the events until it had some kilobytes of them.
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, (stream) => unhurried(() => write(stream)));
}
