import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { DATABASE_FILE, openSqlite } from '../../../src/queue/sqlite.js';
import { createKey } from '../../../src/queue/keys.js';
import { startBotProcess } from '../../support/bot-process.js';
import { temporaryFolder } from '../../support/folder.js';
import { megabytesOf } from '../../support/processes.js';
import { options } from '../../support/queue.js';
import { values } from '../../support/random.js';
import { runCounter } from '../../support/web/counter.js';

const KEYS = 10;
const CLIENTS_PER_KEY = 20;
const WAITING = 8;

it('200 clients at a time get no error of ours, and every key its share', async () => {
  const quotas = { ...options.quotas, waitingPerPerson: WAITING };
  const counter = await runCounter({ quotas });
  const photo = await noise(480, 360);
  const keys = await Promise.all(Array.from({ length: KEYS }, (_, i) => counter.key(`key ${i}`)));
  const client = async (key: string) => {
    const body = new FormData();
    body.set('photo', new Blob([new Uint8Array(photo)]));
    body.set('style', 'harbor');
    const created = await counter.ask(key, '/renders', { method: 'POST', body });
    if (created.status !== 201) return created.status;
    const { id } = (await created.json()) as { id: string };
    const seen = await counter.ask(key, `/renders/${id}`);
    return seen.status === 200 ? created.status : seen.status;
  };
  const statuses = await Promise.all(
    keys.flatMap((key) => Array.from({ length: CLIENTS_PER_KEY }, () => client(key))),
  );
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  expect(statuses.filter((status) => status === 201)).toHaveLength(KEYS * WAITING);

  // Round by round, each key has one picture painted.
  const order = Array.from(
    { length: KEYS * WAITING },
    async () => (await counter.queue.claimRender())?.mention.author.id,
  );
  for (let round = 0; round < WAITING; round++)
    expect(new Set(order.slice(round * KEYS, (round + 1) * KEYS)).size).toBe(KEYS);
});

it('the bot’s memory does not grow with what 200 clients send at a time', async () => {
  const folder = temporaryFolder();
  const bot = await startBotProcess(
    folder,
    undefined,
    'queue: { leaseSeconds: 2, maxWaitingPerPerson: 100, maxPerPersonAndDay: 1000 }',
  );
  const database = openSqlite(join(folder, DATABASE_FILE));
  const keys = await Promise.all(
    ['one', 'other'].map((name) => createKey(database, { name, weight: 1 }, Date.now())),
  );
  await database.close();
  const photo = await noise(1400, 1200);
  expect(photo.length).toBeGreaterThan(5e6);
  const before = megabytesOf(bot.pid, 'now');
  const form = new FormData();
  form.set('photo', new Blob([new Uint8Array(photo)]));
  form.set('style', 'harbor');
  // Made once: 200 forms of their own would be too much for this process.
  const whole = new Response(form);
  const type = whole.headers.get('Content-Type') ?? '';
  const body = Buffer.from(await whole.arrayBuffer());
  const send = async (key: string) => {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': type };
    const sent = request(`${bot.url}/api/v1/renders`, { method: 'POST', headers, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  const all = keys.flatMap((key) => Array.from({ length: 100 }, () => send(key)));
  expect(new Set(await Promise.all(all))).toEqual(new Set([201]));
  // All together have 1000 MB.
  const more = megabytesOf(bot.pid, 'peak') - before;
  expect(more).toBeLessThan(400);
});

/** A picture that no compression makes smaller. */
async function noise(width: number, height: number): Promise<Buffer> {
  const pixels = Uint8Array.from(values(width * height * 3, 1), (value) => 128 + 127 * value);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
