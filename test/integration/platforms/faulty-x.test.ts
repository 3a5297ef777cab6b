import { platformContract } from '../../support/platforms/contract.js';
import { persistent } from '../../support/platforms/persistent.js';
import { xNetwork } from '../../support/platforms/x-network.js';
import type { Endpoint } from '../../x/meter.js';
import { faultKinds, type Fault } from '../../x/server.js';

/** The first request of each kind fails, the third, and so on, each time in another way. */
function everyOther(): (endpoint: Endpoint) => Fault | undefined {
  const counts = new Map<Endpoint, number>();
  let turn = 0;
  return (endpoint) => {
    const count = counts.get(endpoint) ?? 0;
    counts.set(endpoint, count + 1);
    return count % 2 === 0 ? faultKinds[turn++ % faultKinds.length] : undefined;
  };
}

platformContract('X, of which every other request fails', ['order', 'many posts'], async () => {
  const network = await xNetwork({ fault: everyOther() });
  return {
    ...network,
    connect: () => persistent(network.connect()),
    connectInVain: () => persistent(network.connectInVain()),
  };
});
