import { restClient, runSandbox } from '../sandbox.js';
import { mastodonNetwork } from './mastodon-network.js';
import type { Network } from './network.js';

/**
 * A network of the contract on a sandbox of its own.
 * @param front puts something between our account and the server, and gives its address; people are not behind it
 */
export async function sandboxNetwork(
  front: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<Network> {
  const address = { url: '' };
  const { url, sandbox, person } = await runSandbox({ url: () => address.url });
  address.url = await front(url);
  const bot = (name: string) => sandbox.signIn(name, { bot: true }).accessToken;
  return mastodonNetwork({
    url: address.url,
    accessToken: bot('pentimento'),
    username: 'pentimento',
    person: async (name) => (await person(name)).rest,
    robot: (name) => Promise.resolve(restClient(url, bot(name))),
  });
}
