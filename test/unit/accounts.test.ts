import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ACCOUNT_FILE, accountFile } from '../../src/accounts/file.js';
import { accountContract, easel } from '../support/account-contract.js';
import { temporaryFolder } from '../support/folder.js';

accountContract('a file', () => {
  const folder = temporaryFolder();
  return Promise.resolve({
    open: () => accountFile(folder),
    spoil: (text) => {
      writeFileSync(join(folder, ACCOUNT_FILE), text, { mode: 0o600 });
      return Promise.resolve();
    },
  });
});

it('a file of accounts is read by its owner alone', async () => {
  const folder = temporaryFolder();
  await accountFile(folder).change((all) => ({ ...all, mastodon: [easel] }));
  expect(statSync(join(folder, ACCOUNT_FILE)).mode & 0o777).toBe(0o600);
  rmSync(join(folder, ACCOUNT_FILE));
});
