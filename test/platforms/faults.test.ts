import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { PlatformError, type Platform } from '../../src/platforms/port.js';
import type { Fault, Faults, Place } from '../chaos/faults.js';
import { FaultyProxy } from '../chaos/proxy.js';
import { runSandbox } from '../sandbox/harness.js';
import { platformContract } from './contract.js';
import { mastodonNetwork } from './mastodon-network.js';

/** What may go wrong with any request; all of it passes. */
const passing = [
  'bad gateway',
  'page for an answer',
  'rate limit that is over',
  'unavailable',
  'request timeout',
  'reset before',
  'reset after',
  'truncated answer',
  'rate limit',
] as const satisfies readonly Fault[];
const requests: readonly Place[] = [
  'sign in',
  'instance',
  'notifications',
  'favorite',
  'upload',
  'upload status',
  'post',
  'thread',
  'download',
];

/** Every other request of each kind fails, each time in another way; uploads are never ready at once. */
function everyOther(): Faults {
  const counts = new Map<Place, number>();
  let turn = 0;
  return {
    draw(place) {
      if (place === 'uploaded file') return 'upload not ready';
      if (place === 'page of notifications') return 'listed out of order';
      if (!requests.includes(place)) return undefined;
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      return count % 2 === 0 ? passing[turn++ % passing.length] : undefined;
    },
  };
}

/** An account that is used as the bot does it: what may come to pass is tried again, and an answer looked for first. */
function persistent(platform: Platform): Platform {
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        if (error.kind !== 'unreachable' && error.kind !== 'later') throw error;
        await sleep(Math.max(0, (error.retryAt?.getTime() ?? 0) - Date.now()));
      }
    }
  };
  return {
    ...platform,
    signIn: () => again(() => platform.signIn()),
    download: (...args) => again(() => platform.download(...args)),
    repliesTo: (mention) => again(() => platform.repliesTo(mention)),
    reread: (mention) => again(() => platform.reread(mention)),
    parentOf: (mention) => again(() => platform.parentOf(mention)),
    remove: (replyId) => again(() => platform.remove(replyId)),
    acknowledge: (mention) => again(() => platform.acknowledge(mention)),
    reply: (mention, reply) =>
      again(async () => {
        const found = (await platform.repliesTo(mention)).find(
          ({ text, hasPicture }) =>
            text.includes(reply.text) && hasPicture === (reply.picture !== undefined),
        );
        return found?.id ?? platform.reply(mention, reply);
      }),
  };
}

platformContract(
  'the sandbox, of which every other request fails',
  ['posts for few', 'editing', 'removal', 'deletions told', 'keys honored', 'thread guarded'],
  async () => {
    const address = { url: '' };
    const { url, sandbox, person } = await runSandbox({ url: () => address.url });
    const proxy = new FaultyProxy({
      target: url,
      faults: everyOther(),
      seed: 1,
      onStep: () => undefined,
    });
    address.url = await proxy.open();
    onTestFinished(() => proxy.close());
    const { accessToken } = sandbox.signIn('pentimento', { bot: true });
    const network = mastodonNetwork({
      url: address.url,
      accessToken,
      username: 'pentimento',
      person: async (name) => (await person(name)).rest,
    });
    return {
      ...network,
      connect: () => persistent(network.connect()),
      connectInVain: () => persistent(network.connectInVain()),
    };
  },
);
