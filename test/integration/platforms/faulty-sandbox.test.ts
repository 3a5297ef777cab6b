import { onTestFinished, vi } from 'vitest';
import type { Fault, Faults, Place } from '../../chaos/faults.js';
import { FaultyProxy } from '../../chaos/proxy.js';
import { platformContract } from '../../support/platforms/contract.js';
import { persistent } from '../../support/platforms/persistent.js';
import { sandboxNetwork } from '../../support/platforms/sandbox-network.js';

// After a failure the adapter waits before it asks again.
vi.mock('node:timers/promises', async (original) =>
  (await import('../../support/short-waits.js')).shortWaits(await original()),
);

/** What may go wrong with any request; all of it passes. */
const passing: readonly Fault[] = [
  'bad gateway',
  'page for an answer',
  'rate limit that is over',
  'unavailable',
  'request timeout',
  'reset before',
  'reset after',
  'truncated answer',
  'rate limit',
];

/** What goes wrong where, in turns, each other time. */
const troubles: Partial<Record<Place, readonly Fault[]>> = {
  'sign in': passing,
  instance: passing,
  notifications: passing,
  favorite: passing,
  upload: passing,
  'upload status': passing,
  post: passing,
  thread: passing,
  'read a post': passing,
  removal: passing,
  'uploaded file': ['upload not ready'],
  download: [...passing.filter((fault) => fault !== 'truncated answer'), 'cut download'],
  upgrade: ['upgrade refused'],
  stream: ['stream cut'],
  event: ['event lost', 'event doubled', 'late with an old id'],
};

/** The first request of each kind fails, the third, and so on, each time in another way; and no page of the list is ever in order. */
function everyOther(): Faults {
  const counts = new Map<Place, number>();
  const turns = new Map<readonly Fault[], number>();
  return {
    draw(place) {
      if (place === 'page of notifications') return 'listed out of order';
      const kinds = troubles[place] ?? [];
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      if (count % 2 === 1) return undefined;
      const turn = turns.get(kinds) ?? 0;
      turns.set(kinds, turn + 1);
      return kinds[turn % kinds.length];
    },
  };
}

platformContract(
  'the sandbox, of which every other request fails',
  [
    'posts for few',
    'editing',
    'warnings',
    'removal',
    'deletions told',
    'many posts',
    'keys honored',
    'thread guarded',
  ],
  async () => {
    const network = await sandboxNetwork((target) => {
      const proxy = new FaultyProxy({
        target,
        faults: everyOther(),
        seed: 1,
        onStep: () => undefined,
      });
      onTestFinished(() => proxy.close());
      return proxy.open();
    });
    return {
      ...network,
      connect: () => persistent(network.connect()),
      connectInVain: () => persistent(network.connectInVain()),
    };
  },
);
