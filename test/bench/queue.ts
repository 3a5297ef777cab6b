import type { Engine } from '../../src/queue/sql.js';
import { Queue, type RenderClaim } from '../../src/queue/queue.js';
import { painted } from '../support/fixtures.js';
import { Crew, type Race } from './crew.js';
import { groundOf, type Ground } from './engine.js';
import { fillLine, PEOPLE, putOff, requestOf } from './line.js';
import { plansOf, type Plans } from './plans.js';

export interface QueueOptions {
  readonly engine: readonly Engine[];
  /** Lengths of the line. */
  readonly waiting: readonly number[];
  /** How many of those that wait are put off, at the front of the line. */
  readonly deferred: number;
  /** Numbers of processes that claim at the same time. */
  readonly workers: readonly number[];
  readonly samples: number;
  /** On the disk that is to be measured, for SQLite. */
  readonly folder: string;
  readonly json?: boolean;
}

interface Latency {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Measurement {
  readonly engine: Engine;
  readonly waiting: number;
  readonly admit: Latency;
  readonly claim: Latency;
  readonly floor: Latency;
  readonly races: readonly Race[];
  readonly plans: Plans;
}

const RACE_MS = 4000;
/** A shorter line would be at its end before it has been measured. */
const RACE_FROM = 50_000;
/** As many pictures as are being painted in a large house; whoever claims passes over those that are claimed. */
const CLAIMS = 400;

/** Measures how fast requests are admitted and claimed, behind a line of many others. */
export async function queue(options: QueueOptions): Promise<void> {
  const measurements: Measurement[] = [];
  for (const engine of options.engine)
    for (const waiting of options.waiting) {
      const ground = await groundOf(engine, options.folder);
      try {
        const measurement = await measure(ground, waiting, options);
        measurements.push(measurement);
        if (!options.json) print(measurement);
      } finally {
        await ground.remove();
      }
    }
  if (options.json) console.log(JSON.stringify(measurements, undefined, 2));
}

async function measure(
  ground: Ground,
  waiting: number,
  { deferred, samples, workers }: QueueOptions,
): Promise<Measurement> {
  const { engine, database } = ground;
  const now = Date.now();
  await fillLine(database, waiting, now);
  if (deferred > 0) await putOff(database, deferred, now + 3_600_000);
  await ground.settle();
  const plans = await plansOf(ground);

  const quotas = { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 };
  const queue = new Queue(database, { leaseMs: 3_600_000, quotas });
  const times = { admit: [] as number[], claim: [] as number[], floor: [] as number[] };
  for (let i = 0; i < samples; i++) {
    const { mention, outcome } = requestOf(waiting + i);
    times.floor.push(await milliseconds(() => ground.floor()));
    times.admit.push(await milliseconds(() => queue.admit('here', mention, outcome)));
    let claim: RenderClaim | undefined;
    times.claim.push(await milliseconds(async () => (claim = await queue.claimRender())));
    if (claim !== undefined) await queue.rendered(claim, painted);
  }
  return {
    engine,
    waiting,
    admit: latency(times.admit),
    claim: latency(times.claim),
    floor: latency(times.floor),
    races: workers.length === 0 || waiting < RACE_FROM ? [] : await races(ground, workers),
    plans,
  };
}

async function races(ground: Ground, sizes: readonly number[]): Promise<readonly Race[]> {
  const crew = await Crew.at(ground.place, Math.max(...sizes));
  const found: Race[] = [];
  const pictures = { what: 'pictures', ms: RACE_MS, most: Infinity } as const;
  const claims = { what: 'claims', ms: RACE_MS, most: CLAIMS } as const;
  for (const workers of sizes) found.push(await crew.race(ground, workers, pictures));
  for (const workers of sizes) {
    found.push(await crew.race(ground, workers, claims));
    // What was claimed and kept is out of the others' way.
    await ground.database.run(`UPDATE requests SET state = 'cancelled' WHERE state = 'rendering'`);
  }
  await crew.dismiss();
  return found;
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function latency(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (fraction: number) => sorted[Math.floor(fraction * (sorted.length - 1))] ?? NaN;
  const sum = times.reduce((total, time) => total + time, 0);
  return { perSecond: (1000 * times.length) / sum, p50: at(0.5), p99: at(0.99) };
}

function print({ engine, waiting, plans, races, ...measured }: Measurement): void {
  console.log(`${engine}, ${waiting} waiting, of ${PEOPLE} people`);
  for (const name of ['admit', 'claim', 'floor'] as const) {
    const { perSecond, p50, p99 } = measured[name];
    const what = name === 'floor' ? 'one durable row' : name;
    const times = p50 / measured.floor.p50;
    console.log(
      `  ${what.padEnd(16)} ${perSecond.toFixed(0).padStart(6)} per second, p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms, ${times.toFixed(1)} times the floor`,
    );
  }
  for (const { what, workers, perSecond, waits } of races) {
    const waiting = Object.entries(waits).map(([wait, percent]) => `${wait} ${percent} %`);
    console.log(
      `  ${String(workers).padStart(2)} workers: ${perSecond.toFixed(0)} ${what} per second${waiting.length > 0 ? `; busy with: ${waiting.slice(0, 5).join(', ')}` : ''}`,
    );
  }
  for (const [name, plan] of Object.entries(plans)) console.log(`  ${name}: ${plan.join('; ')}`);
}
