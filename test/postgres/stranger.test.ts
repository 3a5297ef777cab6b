import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { oneOn, quickSettings, startBotProcess } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { emptyDatabase } from '../support/empty-database.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

it('a painter without the bot’s account paints what was asked for at the page, and leaves mentions to one that has it', async () => {
  const { ada, account } = await scene();
  const url = await emptyDatabase();
  const start = (role: 'listen' | 'work', its?: typeof account) =>
    startBotProcess(temporaryFolder(), its, '', oneOn(url, role));
  const listener = await start('listen', account);
  const stranger = await start('work');
  const asked = await mention(ada, 'please #draft', await pair());
  await expect.poll(() => listener.output(), patient).toContain('"a mention"');

  // Later in the line than the mention, so whoever paints it has looked at that, too.
  const [, page = ''] = /"url":"([^"]+)"/.exec(listener.output()) ?? [];
  const env = { ...quickSettings(temporaryFolder()), DATABASE_URL: url };
  const key = (await pentimento(['keys', 'create', 'a program'], { env })).out.trim();
  const photo = await readFile(join(projectRoot, 'data/samples/lily-leek.jpg'), 'base64');
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({
    photo,
    styles: [{ name: 'harbor' }],
    settings: { size: 64, quality: 'draft' },
  });
  const created = await fetch(`${page}/api/v1/renders`, { method: 'POST', headers, body });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { readonly id: string };
  const stateOf = async () => {
    const answer = await fetch(`${page}/api/v1/renders/${id}`, { headers });
    return ((await answer.json()) as { readonly state: string }).state;
  };
  await expect.poll(stateOf, patient).toBe('painted');
  expect(stranger.output().match(/"taken up for painting"/g)).toHaveLength(1);
  expect(await answersTo(ada, asked)).toEqual([]);

  await start('work', account);
  expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
  expect(stranger.output().match(/"taken up for painting"/g)).toHaveLength(1);
});
