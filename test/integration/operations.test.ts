import { expect, it, vi } from 'vitest';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

it('a bot with an account tells how it is and what it has done, and no names or secrets', async () => {
  const { ada, account, door, start } = await scene();
  door.cut('GET /api/v1/streaming'); // for something to tell at level debug, about a request with the token in it
  const bot = await start('logLevel: debug');
  await vi.waitFor(() => expect(bot.output()).toContain('"level":20'), patient);
  door.open();
  const [, url = ''] = /"url":"([^"]+)"/.exec(bot.output()) ?? [];
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  // By way of a proxy, too, which the page beside it does not answer.
  const headers = { 'X-Forwarded-For': '203.0.113.7' };
  const proxied = ['/healthz', '/metrics', '/'].map((path) => fetch(url + path, { headers }));
  expect((await Promise.all(proxied)).map(({ status }) => status)).toEqual([200, 200, 403]);
  await vi.waitFor(
    async () => expect(await get('/readyz')).toEqual({ status: 200, text: 'ready\n' }),
    patient,
  );
  await answerTo(ada, await mention(ada, 'please, a secret wish #draft', await pair()));
  await answerTo(ada, await mention(ada, 'hello', []));
  // The server has an answer a moment before the bot knows that it has.
  await vi.waitFor(
    async () =>
      expect((await get('/metrics')).text).toContain('pentimento_requests{state="answered"} 2'),
    patient,
  );
  const { status, text } = await get('/metrics');
  expect(status).toBe(200);
  for (const line of [
    'pentimento_requests{state="queued"} 0',
    'pentimento_replies_total{answer="painted"} 1',
    'pentimento_replies_total{answer="refused"} 1',
    'pentimento_waiting_seconds_count 2',
    'pentimento_ready 1',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).toMatch(/^pentimento_render_seconds_count\{device=".+"\} 1$/m);
  expect(text).toMatch(/^pentimento_disk_free_bytes [1-9]/m);
  expect(text).not.toMatch(/ada|wish|127\.0\.0\.1/);
  expect(text).not.toContain(account.accessToken);
  expect(bot.output()).not.toContain(account.accessToken);
});

it('a bot whose server is away starts, says so, and works as soon as the server is there', async () => {
  const { ada, door, start } = await scene();
  door.shut();
  const bot = await start();
  const [, url = ''] = /"url":"(http[^"]+)","msg":"health/.exec(bot.output()) ?? [];
  const ready = async () => {
    const response = await fetch(`${url}/readyz`);
    return `${response.status} ${await response.text()}`;
  };
  expect(await ready()).toMatch(/^503 mastodon:\S+: its server has not been reached yet\n$/);
  await vi.waitFor(
    async () =>
      expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
        /^pentimento_failures_total\{stage="listen",kind="unreachable"\} [1-9]/m,
      ),
    patient,
  );
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^pentimento_ready 0$/m);
  const asked = await mention(ada, 'hello', []);
  door.open();
  await answerTo(ada, asked);
  await vi.waitFor(async () => expect(await ready()).toBe('200 ready\n'), patient);
});

it('a painter that takes too much memory is ended, and the bot apologizes once and lives on', async () => {
  const { ada, start, operator } = await scene();
  const bot = await start('render: { size: 64, maxMegabytes: 50 }');
  const asked = await mention(ada, 'please #draft', await pair());
  const answer = await answerTo(ada, asked);
  expect(answer.content).toContain('I am sorry, this picture did not work out');
  expect(answer.mediaAttachments).toEqual([]);
  expect(bot.output()).toContain('a render worker is stopped');
  await answerTo(ada, await mention(ada, 'hello', []));
  expect(await answersTo(ada, asked)).toHaveLength(1);
  expect(bot.painters()).toEqual([]);
  expect((await operator('queue', 'show', '1')).out).toMatch(/^answer +\{"type":"failed"\}$/m);
});
