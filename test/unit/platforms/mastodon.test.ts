import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';
import { httpServer } from '../../support/http-server.js';
import { runSandbox } from '../../support/sandbox.js';
import { listen } from '../../support/platforms/contract/setting.js';
import { mastodonNetwork, somebody } from '../../support/platforms/mastodon-network.js';

/*
 * What Mastodon has and not every network. The contract says the rest.
 */

/** Our account on a server of its own. */
async function connected() {
  const { url, sandbox, person } = await runSandbox();
  const { accessToken } = sandbox.signIn('pentimento', { bot: true });
  const rest = async (name: string) => (await person(name)).rest;
  const network = mastodonNetwork({
    url,
    accessToken,
    username: 'pentimento',
    person: rest,
    robot: rest,
  });
  return { network, platform: network.connect(), rest };
}

it('does not take a favorite of what it said for a mention', async () => {
  const { network, platform, rest } = await connected();
  const ada = somebody(await rest('ada'));
  const { heard, hears } = listen(platform);
  const mention = await hears(await ada.post(`${network.us} hello`));
  const ours = await platform.reply(mention, { text: `Hello, ${network.us}.` });
  await (await rest('ben')).v1.statuses.$select(ours).favourite();
  const last = await ada.post(`${network.us} last`);
  await hears(last);
  expect(new Set(heard.map(({ id }) => id))).toEqual(new Set([mention.id, last]));
});

it('takes no picture from another server on its machine', async () => {
  const { platform } = await connected();
  const url = await httpServer((_, response) => response.end('secret'));
  const file = join(temporaryFolder(), 'picture');
  const attachment = { kind: 'picture', url, description: '' } as const;
  const download = platform.download(attachment, file, 1e6, new AbortController().signal);
  await expect(download).rejects.toMatchObject({ kind: 'refused' });
});
