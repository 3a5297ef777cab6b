import { openStage } from '../support/stage.js';
import type { Supervisor } from '../support/supervisor.js';
import { Crowd } from './crowd.js';
import { Dice } from './dice.js';
import { FaultSource } from './faults.js';
import { Killer } from './killer.js';
import { FaultyProxy, type ProxyOptions } from './proxy.js';

/** A server, what stands before it, a bot that is signed in there, people, and who wants the bot dead. */
export interface Scene {
  readonly seed: number;
  /** The bot's data. */
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly crowd: Crowd;
  readonly faults: FaultSource;
  readonly killer: Killer;
  /** Ends everything and removes every trace. */
  readonly close: () => Promise<void>;
}

/** Tiny pictures; work that a dead process left behind is taken up at once; and nobody asks too much. */
const settings = `
render: { size: 64 }
queue: { leaseSeconds: 1, maxWaiting: 100000, maxWaitingPerPerson: 100000, maxPerPersonAndDay: 100000 }
`;

export async function openScene(seed: number): Promise<Scene> {
  const faults = new FaultSource(seed);
  const dice = new Dice(seed, 'pauses');
  const killer = new Killer(() => stage.supervisor, seed);
  let proxy: FaultyProxy | undefined;
  const stage = await openStage({
    name: 'chaos',
    settings,
    front: (target) => {
      const onStep: ProxyOptions['onStep'] = (place, step) => killer.onStep(place, step);
      proxy = new FaultyProxy({ target, faults, seed, onStep });
      return proxy.open();
    },
    pauseMs: () => dice.between(0, 500),
    onStart: () => killer.onStart(),
    onLine: ({ msg }) => killer.onLine(msg),
  });
  const { folder, supervisor, mediaFolder } = stage;
  const crowd = await Crowd.at(stage.url, { mediaFolder, seed });
  const close = async () => {
    await supervisor.stop();
    proxy?.close();
    await stage.close();
  };
  return { seed, folder, supervisor, crowd, faults, killer, close };
}
