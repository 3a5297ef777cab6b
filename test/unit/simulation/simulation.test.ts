import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import type { Quotas } from '../../../src/queue/quotas.js';
import { Queue, type RenderClaim } from '../../../src/queue/queue.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { newPlace, openAt } from '../../support/queue.js';
import { Arrivals, type Crowd } from '../../simulation/arrivals.js';
import { kinds } from '../../simulation/assumptions.js';
import { Costs } from '../../simulation/costs.js';
import {
  dayOf,
  waitsOfOthers,
  type Day,
  type Machines,
  type Witness,
} from '../../simulation/day.js';
import { Line, type Order } from '../../simulation/line.js';

const none: Quotas = { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 };
const costs = new Costs();
const crowd: Crowd = { people: 300, requests: 2000, flooders: 1, seed: 1 };
/** One picture takes about a minute. */
const machines: Machines = { gpus: 1, pace: 1e6, overhead: 0 };

interface Settings {
  readonly crowd?: Crowd;
  readonly machines?: Machines;
  readonly quotas?: Quotas;
  readonly order?: Order;
  readonly witness?: Witness;
}

function simulated(settings: Settings = {}): Day {
  const arrivals = new Arrivals(settings.crowd ?? crowd, costs);
  const line = new Line(arrivals.people, settings.order ?? 'fair', settings.quotas ?? none);
  return dayOf(arrivals, line, {
    machines: settings.machines ?? machines,
    windowSeconds: 3600,
    ...(settings.witness && { witness: settings.witness }),
  });
}

describe('a simulated day', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(simulated()).toEqual(simulated());
    expect(simulated({ crowd: { ...crowd, seed: 2 } })).not.toEqual(simulated());
  });

  it.each(['fair', 'first come'] as const)(
    'everything that was taken in is painted once, by one GPU at a time (%s)',
    (order) => {
      const admitted = new Set<number>();
      const running = new Set<number>();
      let before = 0;
      const witness: Witness = {
        admitted: (id, _person, _cost, now, isRefused) => {
          expect(now).toBeGreaterThanOrEqual(before);
          before = now;
          if (!isRefused) admitted.add(id);
        },
        dispatched: (id) => {
          expect(admitted.delete(id)).toBe(true);
          running.add(id);
          expect(running.size).toBeLessThanOrEqual(2);
        },
        finished: (id) => expect(running.delete(id)).toBe(true),
      };
      const quotas = { ...none, waitingPerPerson: 5 };
      const day = simulated({ order, quotas, witness, machines: { ...machines, gpus: 2 } });
      expect([...admitted, ...running]).toEqual([]);
      const refused = kinds.reduce((sum, kind) => sum + day.refused[kind], 0);
      expect(day.dispatched).toBe(day.asked - refused);
      expect(refused).toBeGreaterThan(0);
    },
  );

  it('has about as many requests as were asked for, most of them by day', () => {
    let byNight = 0;
    const night = 6 * 60 * 60;
    const witness: Witness = {
      admitted: (_id, _person, _cost, now) => (byNight += Number(now < night)),
    };
    const day = simulated({ crowd: { ...crowd, flooders: 0 }, witness });
    expect(day.asked / crowd.requests).toBeCloseTo(1, 0);
    expect(byNight / day.asked).toBeLessThan(0.2);
  });

  it('paints in the order of the real queue, and refuses whom it refuses', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 3, max: 20 }),
      fc.constantFrom(none, { waiting: 12, waitingPerPerson: 3, perPersonAndDay: 8 }),
      async (seed, gpus, people, quotas) => {
        const events: Event[] = [];
        const witness: Witness = {
          admitted: (id, person, cost, now, isRefused) =>
            events.push({ what: 'admitted', id, person, cost, now, isRefused }),
          dispatched: (id, now) => events.push({ what: 'dispatched', id, now }),
          finished: (id, now) => events.push({ what: 'finished', id, now }),
        };
        // So slow that lines form.
        const slow = { gpus, pace: 2e4 / gpus, overhead: 0 };
        const few = { people, requests: 60, flooders: 0, seed };
        simulated({ crowd: few, machines: slow, quotas, witness });
        await expectOfTheQueue(events, quotas);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it('a flood keeps a newcomer waiting for what is being painted and one picture of each other person at most', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const few = { people: 50, requests: 60, flooders: 1, seed };
      const largest = Math.max(...pending(few).map(({ cost }) => cost));
      const isNew = new Set<number>();
      const asked = new Map<number, number>();
      const seen = new Set<number>();
      const witness: Witness = {
        admitted: (id, person, _cost, now) => {
          if (!seen.has(person) && person < few.people) isNew.add(id);
          seen.add(person);
          asked.set(id, now);
        },
        dispatched: (id, now) => {
          if (!isNew.has(id)) return;
          const bound = ((few.people + few.flooders) * largest) / machines.pace;
          expect(now - (asked.get(id) ?? 0)).toBeLessThanOrEqual(bound);
        },
      };
      const fair = waitsOfOthers(simulated({ crowd: few, witness })).quantile(0.99);
      const firstCome = waitsOfOthers(simulated({ crowd: few, order: 'first come' }));
      expect(fair).toBeLessThan(firstCome.quantile(0.99));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('serves those evenly who always have something waiting, and first come, first served does not', () => {
    const busy = { people: 40, requests: 8000, flooders: 2, seed: 3 };
    const jain = (order: Order) =>
      simulated({ crowd: busy, order }).evenness.map(({ jain }) => jain);
    expect(Math.min(...jain('fair'))).toBeGreaterThan(0.9);
    expect(Math.max(...jain('first come'))).toBeLessThan(0.8);
  });
});

function pending(crowd: Crowd): readonly { readonly cost: number }[] {
  const arrivals = new Arrivals(crowd, costs);
  const all: { cost: number }[] = [];
  while (arrivals.next()) all.push({ cost: arrivals.cost });
  return all;
}

type Event =
  | {
      readonly what: 'admitted';
      readonly id: number;
      readonly person: number;
      readonly cost: number;
      readonly now: number;
      readonly isRefused: boolean;
    }
  | { readonly what: 'dispatched' | 'finished'; readonly id: number; readonly now: number };

/** Has the real queue live through the same day, and compares what it does. */
async function expectOfTheQueue(events: readonly Event[], quotas: Quotas): Promise<void> {
  let now = 0;
  const database = openAt(newPlace());
  try {
    const queue = new Queue(database, { leaseMs: 1e12, quotas }, () => now);
    const running = new Map<number, RenderClaim>();
    for (const event of events) {
      now = 1e12 + Math.round(event.now * 1000);
      if (event.what === 'admitted') {
        const { id, person, cost, isRefused } = event;
        const mention = mentionOf(String(id), `person ${person}`);
        const outcome = await queue.admit('here', mention, { request, cost });
        // Who has been told so often enough is refused in silence.
        expect(outcome && !('request' in outcome), `request ${id} is refused`).toBe(isRefused);
      } else if (event.what === 'dispatched') {
        const claim = await queue.claimRender();
        expect(claim?.mention.id).toBe(String(event.id));
        if (claim) running.set(event.id, claim);
      } else {
        const claim = running.get(event.id);
        expect(claim && (await queue.rendered(claim, painted))).toBe(true);
      }
    }
    expect((await queue.pending()).filter(({ state }) => state !== 'answering')).toEqual([]);
  } finally {
    await database.close();
  }
}
