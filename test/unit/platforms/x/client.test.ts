import { expect, it, onTestFinished } from 'vitest';
import { XClient } from '../../../../src/platforms/x/client.js';
import type { Vault } from '../../../../src/platforms/x/credentials.js';
import { beginXSignIn } from '../../../../src/platforms/x/sign-in.js';
import { FakeX } from '../../../x/server.js';

it('a new access token that cannot be kept at once is not lost, and X is not asked for another', async () => {
  const x = await new FakeX().open();
  onTestFinished(() => x.close());
  const { clientId, clientSecret, callback } = x.door.app;
  const keys = { method: 'oauth2', clientId, clientSecret, callback } as const;
  const { page, finish } = await beginXSignIn(x.url, keys);
  const body = new URLSearchParams({ username: 'easel' });
  const allowed = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  let { credentials: kept } = await finish(allowed.headers.get('location') ?? '');

  let isDiskFull = true;
  const vault: Vault = {
    credentials: () => kept,
    renewed: async (isDue, renew) => {
      if (kept.method !== 'oauth2' || !isDue(kept)) return kept;
      const fresh = await renew(kept);
      if (isDiskFull) throw new Error('no space left on the disk');
      return (kept = fresh);
    },
  };
  // Nearly two hours later it is as good as over.
  const client = new XClient(x.url, vault, () => Date.now() + 118 * 60_000);
  const me = () => client.ask('asking', ({ v2 }) => v2.get('users/me'));
  // Of this kind, for any other would end the bot, or have it give up the account.
  const later = { name: 'PlatformError', kind: 'later' };
  await expect(me()).rejects.toMatchObject(later);
  await expect(me()).rejects.toMatchObject(later);
  isDiskFull = false;
  await me();
  const renewals = x.asked.filter((request) => request === 'POST /2/oauth2/token').length - 1;
  expect(renewals).toBe(1);
});
