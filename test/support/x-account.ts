import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { XAccount } from '../../src/platforms/x/sign-in.js';
import type { FakeX } from '../x/server.js';

/** Signs the bot of a data folder in to a fake X, as `pentimento login x` would. */
export function signedInToX(x: FakeX, folder: string, username = 'pentimento'): XAccount {
  const self = x.world.user(username);
  const { key: appKey, secret: appSecret } = x.door.app;
  const account: XAccount = {
    userId: self.id,
    address: `${username}@x.com`,
    credentials: { method: 'oauth1', appKey, appSecret, ...x.door.tokensFor(self) },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'accounts.json'), JSON.stringify({ x: [account] }), { mode: 0o600 });
  return account;
}

/** Settings with which a bot finds it, as YAML. */
export function xSettings({ url }: FakeX, dailyReads = 100_000): string {
  return `x: { url: "${url}", dailyReads: ${dailyReads} }`;
}
