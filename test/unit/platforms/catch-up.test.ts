import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { catchUpFrom } from '../../../src/platforms/mastodon/catch-up.js';
import type { Cursor } from '../../../src/platforms/port.js';
import { restClient } from '../../support/sandbox.js';
import { httpServer } from '../../support/http-server.js';

/** A server with these notifications, of which every other request fails if it is flaky; and our place there. */
async function serverWith(ids: readonly number[], { start, isFlaky = false }: Options = {}) {
  const state = { ids, isFlaky, requests: 0, position: start };
  const url = await httpServer((request, response) => {
    if (++state.requests % 2 === 0 && state.isFlaky) return void request.socket.destroy();
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const bound = (name: string) => Number(searchParams.get(name));
    const above = state.ids.filter((id) => id > bound('min_id')).sort((a, b) => a - b);
    const page = searchParams.has('max_id')
      ? above.filter((id) => id < bound('max_id')).slice(-40)
      : searchParams.has('min_id')
        ? above.slice(0, 40)
        : above.slice(-40);
    const newestFirst = page
      .reverse()
      .map((id) => ({ id: `${id}`, type: 'mention', created_at: new Date() }));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(newestFirst));
  });
  const cursor: Cursor = {
    get: () => Promise.resolve(state.position),
    set: (id) => {
      state.position = id;
      return Promise.resolve();
    },
  };
  const heard: number[] = [];
  const catchUp = catchUpFrom(restClient(url), cursor, (notification) => {
    heard.push(Number(z.object({ id: z.string() }).parse(notification).id));
    return Promise.resolve();
  });
  return { state, heard, catchUp };
}

interface Options {
  readonly start?: string | undefined;
  readonly isFlaky?: boolean;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

it.each([undefined, '0'])(
  'reads everything, oldest first, though every other request fails (cursor: %s)',
  async (start) => {
    const { heard, catchUp } = await serverWith(upTo(200), { start, isFlaky: true });
    let failures = 0;
    while (
      !(await catchUp().then(
        () => true,
        () => false,
      ))
    )
      expect(++failures).toBeLessThan(20);
    expect(heard).toEqual(upTo(200));
  },
);

it('reads a mention that shows up after later ones were read, however often it is called meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { state, heard, catchUp } = await serverWith([1, 3]);
  for (let reconnected = 0; reconnected < 5; reconnected++) await catchUp();
  expect(heard.slice(-2)).toEqual([1, 3]);
  state.ids = [1, 2, 3];
  heard.length = 0;
  await catchUp();
  expect(heard).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(10 * 60_000);
  for (let later = 0; later < 2; later++) await catchUp();
  expect(state.position).toBe('3');
  heard.length = 0;
  await catchUp();
  expect(heard, 'what is long settled is not read again').toEqual([]);
});

it('reads a mention that shows up late below others that were read only after a long interruption', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { state, heard, catchUp } = await serverWith(upTo(60), { start: '0', isFlaky: true });
  await expect(catchUp()).rejects.toMatchObject({ kind: 'unreachable' });
  vi.advanceTimersByTime(20 * 60_000);
  state.isFlaky = false;
  await catchUp();
  expect(heard).toEqual(upTo(60));
  state.ids = [...upTo(60), 59.5];
  await catchUp();
  expect(heard).toContain(59.5);
});
