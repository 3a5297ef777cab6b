import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import { projectRoot } from '../../src/paths.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, mention, scene } from '../support/scene.js';

/** What docs/hosting.md says to do with the files, in the data folder; systemd and the owner of files aside. */
function restoring(backup: string): readonly string[] {
  const text = readFileSync(join(projectRoot, 'docs/hosting.md'), 'utf8');
  const [, section = ''] = text.split('### Restore\n');
  const [, block = ''] = /```sh\n([^]*?)\n```/.exec(section) ?? [];
  const lines = block.split('\n').filter((line) => /^(rm|cp) /.test(line));
  return lines.map((line) => line.replace('/var/backups/pentimento/1', backup));
}

it('a backup is restored as the docs say, beside what a killed bot left; nobody is answered twice or not at all', async () => {
  const { ada, folder, start, operator } = await scene();
  const bot = await start();
  const first = await mention(ada, 'hello', []);
  await answerTo(ada, first);
  const backup = join(temporaryFolder(), 'backup.sqlite3');
  expect(await operator('backup', backup)).toMatchObject({ code: 0 });
  const second = await mention(ada, 'hello again', []);
  await answerTo(ada, second);
  await bot.end('SIGKILL');
  expect(existsSync(join(folder, `${DATABASE_FILE}-wal`))).toBe(true);
  const missed = await mention(ada, 'are you there?', []);

  const steps = restoring(backup);
  expect(steps).toHaveLength(2);
  for (const step of steps) execFileSync('sh', ['-ec', step], { cwd: folder });
  expect((await operator('doctor')).out).toMatch(/^ok {7}queue: the database is sound$/m);
  await start();
  await answerTo(ada, missed);
  for (const asked of [first, second, missed]) expect(await answersTo(ada, asked)).toHaveLength(1);
});
