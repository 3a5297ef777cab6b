import { expect, it, onTestFinished, vi } from 'vitest';
import { openPostgres } from '../../../src/queue/postgres/open.js';
import { hearOf, tellingOf, type Progress } from '../../../src/stages/progress.js';
import { emptyDatabase, onServer } from '../../support/empty-database.js';

const patient = { timeout: 60_000, interval: 20 };

it('who hears how pictures come along passes over what strangers say on the same channel', async () => {
  const url = await emptyDatabase();
  const database = await openPostgres(url);
  onTestFinished(() => database.close());
  const heard: Progress[] = [];
  hearOf(database.news, (progress) => heard.push(progress));
  const listening = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`;
  await vi.waitFor(async () => expect(await onServer(url, listening)).toHaveLength(1), patient);

  const ours = { mention: '1', fraction: 0.5, sketches: 2 };
  for (const text of [
    '{',
    '{"mention":"1"',
    'null',
    '',
    JSON.stringify({ ...ours, fraction: 'all' }),
    JSON.stringify({ ...ours, fraction: 7 }),
    JSON.stringify({ ...ours, sketches: -1 }),
    JSON.stringify({ ...ours, more: true }),
  ])
    await onServer(url, `SELECT pg_notify('pentimento public', $1)`, [text]);
  tellingOf(database.news)(ours);
  await vi.waitFor(() => expect(heard).not.toEqual([]), patient);
  expect(heard).toEqual([ours]);
});
