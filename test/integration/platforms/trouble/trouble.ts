import type { ServerResponse } from 'node:http';
import type { Mention } from '../../../../src/platforms/port.js';
import { relayTo, type Relay } from '../../../support/relay.js';
import { listen } from '../../../support/platforms/contract/setting.js';
import { sandboxNetwork } from '../../../support/platforms/sandbox-network.js';

/*
 * What servers and networks do wrong, one by one, and what then becomes of a mention.
 */

/** Our account on a server behind a relay, and Ada, who is on the other side of it. */
export async function trouble() {
  let relay: Relay | undefined;
  const network = await sandboxNetwork(async (url) => (relay = await relayTo(() => url)).url);
  if (relay === undefined) throw new Error('there is no relay');
  const ada = await network.person('ada');
  const platform = network.connect();
  const say = (text: string) => ada.post(`@pentimento ${text}`);
  const mentioned = async (): Promise<Mention> => {
    const id = await say('please');
    const { hears, stop } = listen(platform);
    const mention = await hears(id);
    await stop();
    return mention;
  };
  return { relay, network, ada, platform, say, mentioned };
}

export function answer(response: ServerResponse, status: number, type: string, body: string): true {
  response.writeHead(status, { 'Content-Type': type }).end(body);
  return true;
}

/** What proxies show while the server behind them is away. */
export const page = '<!doctype html><h1>We will be back soon</h1>';
