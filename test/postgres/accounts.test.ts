import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { accountTable } from '../../src/accounts/table.js';
import { accountContract, brush, easel } from '../support/account-contract.js';
import { emptyDatabase, onServer, sharedCluster } from '../support/empty-database.js';
import { secret, secretsIn } from '../support/secrets.js';

accountContract('PostgreSQL', async () => {
  const url = await emptyDatabase();
  return {
    open: () => accountTable(url),
    spoil: async (text) => {
      await accountTable(url).change((all) => ({ ...all, mastodon: [easel] }));
      const json = text.startsWith('{') ? text : JSON.stringify(text);
      await onServer(url, 'UPDATE accounts SET stored = $1', [json]);
    },
  };
});

/** Cuts every connection to a database but our own. */
async function cutAll(url: string): Promise<void> {
  await onServer(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}

describe('a change in PostgreSQL', () => {
  it('whose connections are cut while X renews a token is kept all the same', async () => {
    const url = await emptyDatabase();
    await accountTable(url).change((all) => ({ ...all, x: [brush] }));
    const changed = await accountTable(url).change(async (all) => {
      await cutAll(url);
      return { ...all, mastodon: [easel] };
    });
    expect(changed).toEqual({ mastodon: [easel], x: [brush] });
    expect(await accountTable(url).read()).toEqual(changed);
  });

  it('does not undo what somebody else has changed after the lock was lost', async () => {
    const url = await emptyDatabase();
    await accountTable(url).change((all) => ({ ...all, x: [brush] }));
    const late = accountTable(url).change(async (all) => {
      await cutAll(url);
      await accountTable(url).change(() => ({ mastodon: [easel], x: [] }));
      return { ...all, mastodon: [] };
    });
    await expect(late).rejects.toThrow('somebody else has changed the accounts');
    expect(await accountTable(url).read()).toEqual({ mastodon: [easel], x: [] });
  });
});

describe('the password in DATABASE_URL', () => {
  const password = secret('access token', `pass/word-${randomUUID()}`);
  const urlWith = (host: string) =>
    `postgres://pentimento:${encodeURIComponent(password)}@${host}/postgres`;

  it.each([
    ['nobody listens', () => urlWith('127.0.0.1:9')],
    ['there is no such host', () => urlWith('nowhere.invalid')],
    ['there is no such database', () => `${urlWith(new URL(sharedCluster().url).host)}-not`],
  ])('is in no error where %s', async (_, url) => {
    const error = await accountTable(url())
      .read()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const said = error instanceof Error ? `${error.message}${error.stack ?? ''}` : '';
    expect(said).toMatch(/the database \(DATABASE_URL\) cannot be used: .+/);
    expect(secretsIn('the error', said)).toEqual([]);
  });
});
