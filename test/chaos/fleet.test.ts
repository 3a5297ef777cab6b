import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { prerequisites } from '../support/prerequisites.js';
import { rounds } from '../support/rounds.js';
import type { Supervisor } from '../support/supervisor.js';
import { settled } from './acts.js';
import { isRight } from './crowd.js';
import { Dice } from './dice.js';
import { openFleet, type Fleet } from './fleet.js';
import { orderOf } from './overtakings.js';
import { LIMIT_MS, SEED } from './trial.js';
import { answersTo } from './verdict.js';

const MENTIONS = rounds(100, 300);
const onPostgres = it.skipIf(!prerequisites.postgres.isInstalled);

/** How many mentions wait for their answers: there is a line, and what fails fails amid the work. */
const WAITING = rounds(15, 30);
/** So long may nothing move at all before the rest counts as lost. */
const PATIENCE_MS = 120_000;
/** Longer than a lease, so that the others take over what the one that is cut off was painting. */
const CUT_MS = 12_000;

/** What goes wrong, and after how many of 300 mentions. */
type Plan = readonly (readonly [after: number, name: string, happen: () => Promise<unknown>])[];

function kill(...victims: readonly (Supervisor | undefined)[]): Promise<void> {
  for (const victim of victims) victim?.kill();
  return Promise.resolve();
}

function planFor({ listeners, workers, cluster, cable, cutListener }: Fleet): Plan {
  const restart = async (mode: 'fast' | 'immediate') => {
    await cluster.stop(mode);
    await cluster.start();
  };
  const cut = () => {
    cable.cut();
    setTimeout(() => cable.mend(), CUT_MS);
    return Promise.resolve();
  };
  return [
    [20, 'the listener dies', () => kill(listeners[0])],
    [45, 'a worker dies', () => kill(workers[0])],
    [70, 'the database is restarted', () => restart('fast')],
    [95, 'a cable is cut', cut],
    [108, 'whoever listens is cut off', cutListener],
    [120, 'two workers die', () => kill(workers[1], workers[2])],
    [150, 'the other listener dies', () => kill(listeners[1])],
    [170, 'the database crashes', () => restart('immediate')],
    [185, 'whoever listens is cut off', cutListener],
    [200, 'everybody dies', () => kill(...listeners, ...workers)],
    [230, 'the cable is cut again', cut],
    [260, 'the listener dies again', () => kill(listeners[0])],
  ];
}

onPostgres(
  'two listeners and three workers give every mention one answer, in fair order, while they die, are cut off, and the database restarts',
  async () => {
    const dice = new Dice(SEED, 'fleet');
    const fleet = await openFleet(SEED, dice);
    const { crowd, listeners, workers } = fleet;
    try {
      fleet.start();
      const plan = [...planFor(fleet)];
      while (crowd.asked.length < MENTIONS) {
        if (crowd.asked.length - (await countFinal(fleet)) >= WAITING) {
          await sleep(100);
          continue;
        }
        // Most are told in words how to ask, or it would take too long to paint.
        await crowd.ask(dice.chance(0.25) ? undefined : 'nothing');
        const [next] = plan;
        if (next === undefined || crowd.asked.length < (next[0] * MENTIONS) / 300) continue;
        plan.shift();
        await next[2]();
      }
      expect(plan).toEqual([]);
      await settled(crowd, () => countFinal(fleet), PATIENCE_MS);
      const codes = await Promise.all([...listeners, ...workers].map((one) => one.stop()));
      expect(codes).toEqual([0, 0, 0, 0, 0]);

      // The server is asked, not the bot.
      for (const asked of crowd.asked) {
        const [answer, ...more] = await answersTo(asked);
        expect(
          answer && isRight(asked.kind, answer),
          `${asked.kind} ${asked.id}: ${answer?.content}`,
        ).toBe(true);
        expect(more, asked.id).toEqual([]);
      }
      for (const one of workers) expect(dispatchesOf(one)).toBeGreaterThan(rounds(0, 2));
      const order = await orderOf(fleet.database);
      expect(order.overtakings).toEqual([]);
      expect(order.claims).toBeGreaterThan(MENTIONS / 10);
      expect(order.waited, 'there was a line').toBeGreaterThan(order.claims);
      expect([...listeners, ...workers].flatMap(({ orphans }) => orphans)).toEqual([]);
    } finally {
      await fleet.close();
    }
  },
  LIMIT_MS,
);

/** How many mentions have come to their end. */
async function countFinal({ database }: Fleet): Promise<number> {
  const row = await database.get<{ readonly n: number }>(
    "SELECT count(*) AS n FROM requests WHERE state IN ('answered', 'unanswerable')",
  );
  return row?.n ?? 0;
}

/** How often a worker took a request up for painting. */
function dispatchesOf({ lines }: Supervisor): number {
  return lines.filter(({ msg }) => msg === 'taken up for painting').length;
}
