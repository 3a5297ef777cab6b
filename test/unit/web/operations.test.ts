import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src/metrics.js';
import { operationsApp } from '../../../src/web/operations.js';

function watched(problems: readonly string[] = [], isPaused = false) {
  const metrics = new Metrics(() => Promise.resolve({ queued: 3, rendering: 1 }));
  const app = operationsApp({
    metrics: metrics.registry,
    problems: () => Promise.resolve(problems),
    isPaused: () => Promise.resolve(isPaused),
  });
  const get = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { metrics, get };
}

describe('for whoever watches over the bot', () => {
  it('/healthz says that the process lives, whatever else is wrong', async () => {
    expect(await watched(['the disk is nearly full']).get('/healthz')).toMatchObject({
      status: 200,
      text: 'ok\n',
    });
  });

  it('/readyz says whether it can work, and if not, why', async () => {
    expect(await watched().get('/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    expect(await watched(['the disk is nearly full']).get('/readyz')).toMatchObject({
      status: 503,
      text: 'the disk is nearly full\n',
    });
  });

  it('/readyz of a bot that is paused says so, and that it is ready all the same', async () => {
    expect(await watched([], true).get('/readyz')).toMatchObject({
      status: 200,
      text: 'ready, and painting is paused\n',
    });
    expect(await watched(['nobody paints'], true).get('/readyz')).toMatchObject({ status: 503 });
  });

  it('/metrics counts requests, renders by device, replies and failures, as Prometheus reads it', async () => {
    const { metrics, get } = watched();
    metrics.rendered('cpu', 39);
    metrics.replied('painted', 100);
    metrics.failed('reply', 'later');
    const { status, text, headers } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toContain('text/plain');
    for (const line of [
      'pentimento_requests{state="queued"} 3',
      'pentimento_requests{state="rendering"} 1',
      'pentimento_render_seconds_sum{device="cpu"} 39',
      'pentimento_render_seconds_bucket{le="40",device="cpu"} 1',
      'pentimento_waiting_seconds_sum 100',
      'pentimento_replies_total{answer="painted"} 1',
      'pentimento_failures_total{stage="reply",kind="later"} 1',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
