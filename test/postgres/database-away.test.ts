import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createKey } from '../../src/queue/keys.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { oneOn, startBotProcess } from '../support/bot-process.js';
import { emptyDatabase } from '../support/empty-database.js';
import { temporaryFolder } from '../support/folder.js';
import { startCluster, type Cluster } from '../support/postgres.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.remove());

const create = { width: 64, height: 48, channels: 3, background: 'teal' } as const;
const photo = new Blob([new Uint8Array(await sharp({ create }).jpeg().toBuffer())]);
const patient = { timeout: 60_000 };

/** "pentimento listen" without an account, and somebody with a key who asks it, and does not wait for ever. */
async function listening() {
  const url = await emptyDatabase(cluster);
  const database = await openPostgres(url);
  const key = await createKey(database, { name: 'ada', weight: 1 }, Date.now());
  await database.close();
  const its = await startBotProcess(temporaryFolder(), undefined, '', oneOn(url, 'listen'));
  const addressIn = () => /"url":"(http[^"]+)","msg":"health/.exec(its.output())?.[1];
  await expect.poll(addressIn, patient).toBeDefined();
  const address = addressIn() ?? '';
  const headers = { Authorization: `Bearer ${key}` };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(address + path, { ...init, headers, signal: AbortSignal.timeout(patient.timeout) });
  const send = () => {
    const body = new FormData();
    body.set('photo', photo, 'photo');
    body.set('style', 'harbor');
    return ask('/api/v1/renders', { method: 'POST', body });
  };
  const goesAway = async () => {
    onTestFinished(() => cluster.start().catch(() => undefined)); // for the next one
    await cluster.stop();
  };
  const isKnown = () =>
    expect
      .poll(() => its.output(), patient)
      .toContain('the database cannot be reached; waiting for it');
  return { its, ask, send, goesAway, isKnown };
}

/** What somebody is told, and when to come back. */
async function said(response: Response) {
  return [response.status, response.headers.get('Retry-After'), await response.text()] as const;
}

const KIND = 'The bot cannot reach its database at the moment';
const toPerson = [503, '30', `${KIND}. Please try again.\n`];
const toProgram = [503, '30', expect.stringContaining(`"title":"${KIND}","status":503`)];

it('told to end while the database is away, "pentimento listen" does not wait for it', async () => {
  const { its, goesAway, isKnown } = await listening();
  await goesAway();
  await isKnown();
  expect(await its.end('SIGTERM')).toBe(0);
  expect(its.output()).not.toContain('still silent');
});

it('while the database is away, page and API say so, and nothing comes later of what was asked for', async () => {
  const { ask, send, goesAway } = await listening();
  expect((await send()).status).toBe(201);
  await goesAway();
  // Those who come when it has just gone, and those who come when that is known.
  for (let round = 0; round < 2; round++) {
    const [page, sent, listed] = await Promise.all([ask('/'), send(), ask('/api/v1/renders')]);
    expect(await said(page)).toEqual(toPerson);
    expect(await said(sent)).toEqual(toProgram);
    expect(await said(listed)).toEqual(toProgram);
  }
  await cluster.start();
  await expect.poll(async () => (await ask('/api/v1/renders')).status, patient).toBe(200);
  expect((await send()).status).toBe(201);
  const { renders } = (await (await ask('/api/v1/renders')).json()) as { renders: unknown[] };
  expect(renders, 'those that were taken in').toHaveLength(2);
});

it('a database that is only started anew is waited for by those who ask meanwhile', async () => {
  const { ask, send, goesAway } = await listening();
  await goesAway();
  const asked = Promise.all([ask('/'), send()]);
  await cluster.start();
  expect((await asked).map(({ status }) => status)).toEqual([200, 201]);
});

it('while the database is away, /metrics tells that the bot is not ready, and what was last known', async () => {
  const { ask, send, goesAway, isKnown } = await listening();
  await send();
  const metrics = async () => (await (await ask('/metrics')).text()).split('\n');
  const queued = 'pentimento_requests{state="queued"} 1';
  expect(await metrics()).toContain(queued);
  await goesAway();
  await isKnown();
  const lines = await metrics();
  expect(lines).toContain('pentimento_ready 0');
  expect(lines).toContain(queued);
  expect(await said(await ask('/readyz'))).toEqual([503, null, 'the database cannot be reached\n']);
});

it('who waits when the bot is told to end while the database is away is told to come back', async () => {
  const { its, ask, send, goesAway } = await listening();
  await goesAway();
  const asked = Promise.all([ask('/'), send()]);
  await ask('/healthz'); // by then the others have been heard
  const ended = its.end('SIGTERM');
  const [page, sent] = await asked;
  expect(await said(page)).toEqual(toPerson);
  expect(await said(sent)).toEqual(toProgram);
  expect(await ended).toBe(0);
});
