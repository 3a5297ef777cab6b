import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { quickSettings, startBotProcess } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';
import { midRender, patient } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

const sample = (name: string) => readFile(join(projectRoot, 'data', name));

/** What the operator does for a program. */
async function keyFor(folder: string): Promise<string> {
  const { out } = await pentimento(['keys', 'create', 'a program', '--weight', '2'], {
    env: quickSettings(folder),
  });
  return out.trim();
}

interface Render {
  readonly id: string;
  readonly state: string;
}

type Operation = (...args: unknown[]) => Promise<{ status: number; data: unknown }>;

const asRender = (data: unknown) => data as Render;

/** A client that knows nothing but the document: every call is found in it by its name. */
async function clientAt(url: string, key: string) {
  const definition = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Document;
  const api = new OpenAPIClientAxios({
    definition,
    axiosConfigDefaults: { baseURL: url, headers: { Authorization: `Bearer ${key}` } },
  });
  const client = await api.init();
  const call = async (operation: string, id?: string, body?: unknown, config = {}) => {
    const method = client[operation] as Operation;
    return method(id === undefined ? null : { id }, body, config);
  };
  const painted = (id: string) =>
    expect
      .poll(async () => asRender((await call('getRender', id)).data).state, patient)
      .toBe('painted');
  return { call, painted };
}

it('a generic client, driven by the document, has a picture painted and takes it home', async () => {
  const folder = temporaryFolder();
  const bot = await startBotProcess(folder);
  const { call, painted } = await clientAt(bot.url, await keyFor(folder));
  const photo = (await sample('samples/lily-leek.jpg')).toString('base64');
  const created = await call('createRender', undefined, {
    photo,
    styles: [{ name: 'harbor' }],
    settings: { size: 64, quality: 'draft' },
    description: 'A flower',
  });
  expect(created.status).toBe(201);
  const { id } = asRender(created.data);
  await painted(id);
  const picture = await call('getPicture', id, undefined, {
    responseType: 'arraybuffer',
  });
  const { format, height } = await sharp(picture.data as Buffer).metadata();
  expect([format, height]).toEqual(['jpeg', 64]);
  expect((await call('getLimits')).data).toMatchObject({ weight: 2 });
  expect((await call('deleteRender', id)).status).toBe(204);
});

it('what is no picture fails with a sentence, and a restart in the middle of another keeps it', async () => {
  const folder = temporaryFolder();
  const bot = await startBotProcess(folder);
  const key = await keyFor(folder);
  const { call } = await clientAt(bot.url, key);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
  const bad = await call('createRender', undefined, {
    photo: Buffer.from(svg).toString('base64'),
    effect: 'dream',
  });
  await expect
    .poll(async () => (await call('getRender', asRender(bad.data).id)).data, patient)
    .toMatchObject({ state: 'failed', problem: expect.stringContaining('photo') as string });

  const created = await call('createRender', undefined, {
    photo: (await sample('samples/lily-leek.jpg')).toString('base64'),
    styles: [{ data: (await sample('styles/harbor-knife.jpg')).toString('base64') }],
    settings: { size: 256, quality: 'fine' },
  });
  await midRender(bot);
  expect(await bot.end('SIGKILL')).toBe('SIGKILL');
  const again = await startBotProcess(folder);
  const later = await clientAt(again.url, key);
  await later.painted(asRender(created.data).id);
  const listed = await later.call('listRenders');
  expect((listed.data as { renders: Render[] }).renders.map(({ state }) => state)).toEqual([
    'painted',
    'failed',
  ]);
});
