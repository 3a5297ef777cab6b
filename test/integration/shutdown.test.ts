import { describe, expect, it, vi } from 'vitest';
import { startBotProcess } from '../support/bot-process.js';
import { hasVariable, infoOf, processes } from '../support/processes.js';
import { answersTo, answerTo, mention, midRender, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

/** What the bot allows itself, and a little for a busy machine. */
const IN_TIME_MS = 8000 + 4000;

async function took(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

describe('told to end', () => {
  it('in mid-render, the bot hands the request back, and one that starts later answers it', async () => {
    const { ada, start, operator } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'please #size320', await pair());
    const worker = await midRender(bot);
    // systemd tells every process of a service, in no order.
    process.kill(worker, 'SIGTERM');
    const { ticks: before = NaN } = infoOf(worker) ?? {};
    await vi.waitFor(() => expect(infoOf(worker)?.ticks).toBeGreaterThan(before + 10));
    expect(await bot.end('SIGTERM')).toBe(0);
    expect(bot.output()).not.toContain('a render worker is lost');
    await vi.waitFor(() => expect(infoOf(worker)).toBeUndefined());

    const { out } = await operator('queue', 'show', '1');
    expect(out).toMatch(/^state +queued$/m);
    expect(out).toMatch(/^attempts +0$/m);
    expect(out).not.toContain('not before');
    await start();
    expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
    expect(await answersTo(ada, asked)).toHaveLength(1);
  });

  it('while a server does not take its reply, it ends in time all the same, and replies once later', async () => {
    const { ada, start, door } = await scene();
    const bot = await start();
    const jammed = door.jam('POST /api/v1/statuses HTTP');
    const asked = await mention(ada, 'hello', []);
    await jammed;
    expect(await took(() => bot.end('SIGTERM'))).toBeLessThan(IN_TIME_MS);
    expect(await bot.ended()).toBe(0);
    expect(bot.output()).toContain('a reply under way will be looked for at the next start');
    door.open();
    await start();
    await answerTo(ada, asked);
    await answerTo(ada, await mention(ada, 'hello again', []));
    expect(await answersTo(ada, asked)).toHaveLength(1);
  });

  it('while a server does not let it sign in, it ends in time all the same', async () => {
    const { folder, account, door } = await scene();
    const jammed = door.jam('GET /api/v1/accounts/verify_credentials');
    const started = startBotProcess(folder, account);
    started.catch(() => undefined);
    await jammed;
    const ended = took(() => expect(started).rejects.toThrow('the bot did not start'));
    for (const { pid, parent } of processes())
      if (parent === process.pid && hasVariable(pid, `PENTIMENTO_DATA=${folder}`))
        process.kill(pid, 'SIGTERM');
    expect(await ended).toBeLessThan(IN_TIME_MS);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGINT'],
  ] as const)('twice, by %s and %s, it ends at once', async (first, second) => {
    const { ada, start, door } = await scene();
    const bot = await start();
    const jammed = door.jam('POST /api/v1/statuses HTTP');
    await mention(ada, 'hello', []);
    await jammed;
    process.kill(bot.pid, first);
    await vi.waitFor(() => expect(bot.output()).toContain('told to stop'), patient);
    const ending = took(() => bot.ended());
    process.kill(bot.pid, second);
    expect(await ending).toBeLessThan(2000);
    expect(await bot.ended()).toBe(130);
  });
});
