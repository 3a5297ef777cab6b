import { Hono } from 'hono';
import type { Registry } from 'prom-client';

export interface OperationsOptions {
  readonly metrics: Registry;
  /** What keeps the bot from working, in words for its operator; nothing if it works. */
  readonly problems: () => Promise<readonly string[]>;
  /** Whether nothing is painted because the operator wants it so. */
  readonly isPaused: () => Promise<boolean>;
}

/**
 * For whoever watches over the bot: /healthz says that the process lives, /readyz whether it can work, and /metrics
 * counts what it does, in Prometheus's format. None of them tells anything about people.
 */
export function operationsApp({ metrics, problems, isPaused }: OperationsOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const found = await problems();
    if (found.length > 0) return c.text(`${found.join('\n')}\n`, 503);
    return c.text((await isPaused()) ? 'ready, and painting is paused\n' : 'ready\n');
  });
  app.get('/metrics', async (c) => {
    const text = await metrics.metrics();
    return c.body(text, 200, { 'Content-Type': metrics.contentType });
  });
  return app;
}
