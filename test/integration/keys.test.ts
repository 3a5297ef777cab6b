import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DATABASE_FILE, openSqlite } from '../../src/queue/sqlite.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';

it('the operator makes a key, sees it among the others but not what it is, and revokes it', async () => {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const env = quickSettings(folder);
  const keys = (...args: readonly string[]) => pentimento(['keys', ...args], { env });
  expect((await keys('list')).err).toContain('"pentimento bot" makes one');
  await openSqlite(join(folder, DATABASE_FILE)).close();

  const made = await keys('create', 'photo booth', '--weight', '2.5');
  expect(made.out).toMatch(/^pentimento_[0-9a-f]{12}_[\w-]{43}\n$/);
  const [, id = '', secret = ''] = /^pentimento_([0-9a-f]+)_(.*)\n$/.exec(made.out) ?? [];
  const listed = await keys('list');
  expect(listed.out).toMatch(
    new RegExp(`^${id}  photo booth: since \\d{4}-\\d\\d-\\d\\d, never used, weight 2.5\\n$`),
  );
  expect(listed.out).not.toContain(secret);
  expect((await keys('create', 'x', '--weight', '0')).code).toBe(2);

  expect((await keys('revoke', id)).out).toContain('is revoked');
  expect((await keys('list')).out).toMatch(/revoked \d{4}/);
  const again = await keys('revoke', id);
  expect(again.code).toBe(1);
  expect(again.err).toContain('there is no key');
});
