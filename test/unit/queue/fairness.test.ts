import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { queueRounds } from '../../support/queue.js';
import { realLine, simulatedLine, type Job, type Line, type Weights } from './line.js';

type Step =
  | { readonly do: 'admit'; readonly person: string; readonly cost: number }
  | { readonly do: 'dispatch' | 'finish' | 'reopen' };

const PEOPLE = ['ada', 'bela', 'cleo'];
const MAX_COST = 9;
const cost = fc.integer({ min: 1, max: MAX_COST });
const admission = fc.record({
  do: fc.constant('admit' as const),
  person: fc.constantFrom(...PEOPLE),
  cost,
});
/** Bursts of admissions, so that several people wait at once. */
const script = fc
  .array(
    fc.oneof(
      fc.array(admission, { minLength: 1, maxLength: 8 }),
      fc.array(fc.record({ do: fc.constantFrom('dispatch' as const, 'finish' as const) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.constant<Step[]>([{ do: 'reopen' }]),
    ),
    { maxLength: 20 },
  )
  .map((bursts): readonly Step[] => bursts.flat());
/** Powers of two, so that the tags are exact. */
const weights = fc.record(
  Object.fromEntries(PEOPLE.map((person) => [person, fc.constantFrom(0.5, 1, 2, 4)])),
);

interface Dispatch extends Job {
  /** The others who were waiting at that moment, and the one whose turn it was. */
  readonly waiting: ReadonlySet<string>;
}

/** Takes steps and then drains the line; tells what was dispatched, in order. */
async function run(line: Line, steps: readonly Step[], firstId = 1): Promise<readonly Dispatch[]> {
  const waiting = new Map<number, Job>();
  const dispatched: Dispatch[] = [];
  const dispatch = async () => {
    const people = new Set([...waiting.values()].map(({ person }) => person));
    const job = await line.dispatch();
    if (job === undefined) return false;
    expect(waiting.delete(job.id), `job ${job.id} was waiting`).toBe(true);
    dispatched.push({ ...job, waiting: people });
    return true;
  };
  let id = firstId;
  for (const step of steps)
    if (step.do === 'admit') {
      const job = { id: id++, person: step.person, cost: step.cost };
      waiting.set(job.id, job);
      await line.admit(job);
    } else if (step.do === 'dispatch') await dispatch();
    else await line[step.do]();
  while (await dispatch());
  while (await line.finish());
  expect([...waiting.keys()], 'what was never dispatched').toEqual([]);
  return dispatched;
}

const admissionsOf = (steps: readonly Step[], who: string) =>
  steps.filter((step) => step.do === 'admit' && step.person === who).length;

describe.each([
  { name: 'the formulas', lineOf: simulatedLine, numRuns: 300 },
  { name: 'the queue', lineOf: realLine, numRuns: queueRounds(6, 25) },
])('with $name', ({ lineOf, numRuns }) => {
  it('everything that was admitted is dispatched once, and each person’s requests in their order', async () => {
    const property = fc.asyncProperty(script, weights, async (steps, weights) => {
      const dispatched = await run(lineOf(weights), steps);
      for (const who of PEOPLE) {
        const ids = dispatched.filter((job) => job.person === who).map(({ id }) => id);
        expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        expect(ids).toHaveLength(admissionsOf(steps, who));
      }
    });
    await fc.assert(property, { numRuns });
  });

  it('two people who both have work waiting get equal service within one maximal job each', async () => {
    const property = fc.asyncProperty(script, weights, async (steps, weights) => {
      const dispatched = await run(lineOf(weights), steps);
      for (const [one, other] of [
        ['ada', 'bela'],
        ['ada', 'cleo'],
        ['bela', 'cleo'],
      ] as const)
        expect(unfairness(dispatched, weights, one, other)).toBeLessThanOrEqual(
          largestJob(dispatched, weights, one) + largestJob(dispatched, weights, other),
        );
    });
    await fc.assert(property, { numRuns: 2 * numRuns });
  });

  it('nobody starves although others flood: a bound on how many go first', async () => {
    const property = fc.asyncProperty(
      fc.array(cost, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      async (costs, flooders) => {
        const line = lineOf();
        let id = 1;
        const flood = async () => {
          for (let i = 0; i < flooders; i++)
            await line.admit({ id: id++, person: `flooder ${i}`, cost: 1 });
        };
        await flood();
        for (const cost of costs) await line.admit({ id: id++, person: 'ada', cost });
        const own = costs.reduce((sum, cost) => sum + cost);
        let left = costs.length;
        // Each flooder is served at most what ada is, one job of theirs and one of ada's; their jobs cost 1.
        const bound = costs.length + flooders * (own + 1 + MAX_COST);
        for (let steps = 0; steps < bound; steps++) {
          await flood(); // more comes than can be done
          if ((await line.dispatch())?.person === 'ada') left--;
          await line.finish();
        }
        expect(left).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: Math.min(numRuns, 50) });
  });

  it('a newcomer behind a flood of 1000, and of others, waits for the running job and for one of each person', async () => {
    const others = fc.record({ weight: fc.constantFrom(0.5, 1, 2, 4), jobs: fc.nat(20) });
    const property = fc.asyncProperty(
      fc.array(others, { maxLength: 4 }),
      fc.integer({ min: 1, max: 99 }),
      cost,
      async (others, before, cost) => {
        const line = lineOf(
          Object.fromEntries(others.map(({ weight }, i) => [`other ${i}`, weight])),
        );
        let id = 1;
        for (; id <= 1000; id++)
          await line.admit({ id, person: 'flooder', cost: 1 + (id % MAX_COST) });
        for (const [i, { jobs }] of others.entries())
          for (let n = 0; n < jobs; n++)
            await line.admit({ id: id++, person: `other ${i}`, cost: 1 + (id % MAX_COST) });
        for (let i = 0; i < before; i++) {
          await line.finish();
          await line.dispatch();
        }
        await line.admit({ id, person: 'newcomer', cost });
        const first: string[] = [];
        for (let person = (await line.dispatch())?.person; person !== 'newcomer';) {
          if (person !== undefined) first.push(person);
          person = (await line.dispatch())?.person;
        }
        expect(new Set(first).size, `one of each: ${first.join(', ')}`).toBe(first.length);
      },
    );
    // A thousand admissions each.
    await fc.assert(property, { numRuns: Math.min(Math.ceil(numRuns / 2), 100) });
  });

  it('who has twice the weight gets twice the share', async () => {
    const line = lineOf({ ada: 1, bela: 2 });
    for (let id = 1; id <= 60; id++)
      await line.admit({ id, person: id % 2 === 0 ? 'ada' : 'bela', cost: 1 });
    const first: (string | undefined)[] = [];
    while (first.length < 30) first.push((await line.dispatch())?.person);
    expect(first.filter((person) => person === 'bela')).toHaveLength(20);
  });

  it('who asks for pictures of half the cost gets twice as many', async () => {
    const line = lineOf();
    for (let id = 1; id <= 60; id++)
      await line.admit(
        id % 2 === 0 ? { id, person: 'ada', cost: 4 } : { id, person: 'bela', cost: 2 },
      );
    const first: (string | undefined)[] = [];
    while (first.length < 30) first.push((await line.dispatch())?.person);
    expect(first.filter((person) => person === 'bela')).toHaveLength(20);
  });

  it('an idle system forgets: after any past, the order is that of a new one', async () => {
    const property = fc.asyncProperty(script, script, async (past, steps) => {
      const line = lineOf();
      await run(line, past);
      const later = (await run(line, steps, 1001)).map(({ id }) => id - 1000);
      expect(later).toEqual((await run(lineOf(), steps)).map(({ id }) => id));
    });
    await fc.assert(property, { numRuns });
  });
});

it('the queue dispatches as the formulas say, reopened at any time', async () => {
  const property = fc.asyncProperty(script, weights, async (steps, weights) => {
    expect(await run(realLine(weights), steps)).toEqual(await run(simulatedLine(weights), steps));
  });
  await fc.assert(property, { numRuns: queueRounds(12, 50) });
});

/** The largest difference in normalized service over any time in which both were waiting throughout. */
function unfairness(
  dispatched: readonly Dispatch[],
  weights: Weights,
  one: string,
  other: string,
): number {
  let [difference, least, most, worst] = [0, 0, 0, 0];
  for (const { person, cost, waiting } of dispatched) {
    if (!waiting.has(one) || !waiting.has(other)) {
      [difference, least, most] = [0, 0, 0];
      continue;
    }
    const service = cost / (weights[person] ?? 1);
    if (person === one) difference += service;
    if (person === other) difference -= service;
    least = Math.min(least, difference);
    most = Math.max(most, difference);
    worst = Math.max(worst, most - least);
  }
  return worst;
}

function largestJob(dispatched: readonly Dispatch[], weights: Weights, who: string): number {
  const costs = dispatched.filter(({ person }) => person === who).map(({ cost }) => cost);
  return Math.max(0, ...costs) / (weights[who] ?? 1);
}
