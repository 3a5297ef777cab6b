import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import type { Role } from '../../src/front.js';
import { createLog } from '../../src/log.js';
import { newRenderId } from '../../src/platforms/web/uploads.js';
import { setPaused } from '../../src/queue/desk.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { DATABASE_FILE, openSqlite } from '../../src/queue/sqlite.js';
import { startBot } from '../../src/start.js';
import { quickSettings } from '../support/bot-process.js';
import { emptyDatabase } from '../support/empty-database.js';
import { temporaryFolder } from '../support/folder.js';

const patient = { timeout: 60_000, interval: 50 };

/** One of several processes on a database, all of them in this one. */
async function start(role: Role, url: string, folder = temporaryFolder(), settings = '') {
  const config = loadConfig({ ...quickSettings(folder, settings), DATABASE_URL: url });
  let written = '';
  const log = createLog('info', { write: (line) => (written += line) });
  const stop = new AbortController();
  const { done } = await startBot(config, log, stop.signal, role);
  const end = async () => {
    stop.abort();
    await done;
  };
  onTestFinished(end);
  const [, address = ''] = /"url":"(http[^"]+)","msg":"health/.exec(written) ?? [];
  const ready = async () => {
    const response = await fetch(`${address}/readyz`);
    return `${response.status} ${await response.text()}`;
  };
  return { ready, end, written: () => written };
}

it('who listens is ready as long as somebody paints, and says so if it is paused', async () => {
  const url = await emptyDatabase();
  const listener = await start('listen', url);
  expect(await listener.ready()).toBe('503 nobody paints\n');
  const painter = await start('work', url);
  await vi.waitFor(async () => expect(await listener.ready()).toBe('200 ready\n'), patient);
  expect(await painter.ready()).toBe('200 ready\n');

  const database = await openPostgres(url);
  onTestFinished(() => database.close());
  await setPaused(database, true);
  for (const one of [listener, painter])
    expect(await one.ready()).toBe('200 ready, and painting is paused\n');
  await setPaused(database, false);

  await painter.end();
  expect(await listener.ready()).toBe('503 nobody paints\n');
  // Who is killed says nothing, and is silent.
  const long = Date.now() - 60_000;
  await database.run(`INSERT INTO painters VALUES ('gone', @long)`, { long });
  expect(await listener.ready()).toBe('503 nobody paints\n');
});

it('whoever takes the place of the one that listened says so', async () => {
  const url = await emptyDatabase();
  const first = await start('listen', url);
  await vi.waitFor(() => expect(first.written()).toContain('this one listens now'), patient);
  const second = await start('listen', url);
  await vi.waitFor(() => expect(second.written()).toContain('this one stands by'), patient);
  expect(second.written()).not.toContain('this one listens now');
  await first.end();
  await vi.waitFor(() => expect(second.written()).toContain('this one listens now'), patient);
});

it('whoever begins with PostgreSQL is warned of a queue that was left in the data folder', async () => {
  const url = await emptyDatabase();
  const folder = temporaryFolder();
  await openSqlite(join(folder, DATABASE_FILE)).close();
  const warning = `what is in ${join(folder, DATABASE_FILE)} is not in that database; stop the bot and move it there with \\"pentimento migrate-to-postgres\\"`;
  const first = await start('listen', url, folder);
  expect(first.written()).toContain(warning);
  await first.end();
  const database = await openPostgres(url);
  onTestFinished(() => database.close());
  await database.run(`INSERT INTO moved_from VALUES ('that of a queue', 1)`);
  const second = await start('listen', url, folder);
  expect(second.written()).not.toContain(warning);
});

it('nobody is ready whose pictures cannot be reached', async () => {
  const url = await emptyDatabase();
  const storage =
    'pictures: { store: s3, s3: { endpoint: "http://127.0.0.1:9", bucket: easel, accessKeyId: id, secretAccessKey: key } }';
  const bot = await start('bot', url, temporaryFolder(), storage);
  expect(await bot.ready()).toBe('503 the pictures cannot be reached\n');
});

it('who stands by has emptied what was arriving in its folder before it did', async () => {
  const url = await emptyDatabase();
  const folder = temporaryFolder();
  const arriving = join(folder, 'arriving', newRenderId());
  mkdirSync(arriving, { recursive: true });
  writeFileSync(join(arriving, 'photo'), 'half of a photo');
  const database = await openPostgres(url);
  onTestFinished(() => database.close());
  const end = new AbortController();
  await database.onDuty('listening', end.signal, async () => {
    await start('listen', url, folder);
    expect(existsSync(arriving)).toBe(false);
  });
});
