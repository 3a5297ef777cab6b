import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqlite, type SqliteDatabase } from '../../src/queue/sqlite.js';
import { claimRender, claimReply, RECALL } from '../../src/queue/claims.js';
import { Queue, type RenderClaim } from '../../src/queue/queue.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { options } from '../support/queue.js';

/*
 * npm run bench:queue [-- --waiting 100000,1000000] [--deferred 50000] [--folder DIR] [--json]: how fast requests are taken in and
 * claimed, behind a line of many others. The floor is what the disk takes to make one row durable, measured in turns.
 */

const PEOPLE = 10_000;
const SAMPLES = 2000;

const { values: given } = parseArgs({
  options: {
    waiting: { type: 'string', default: '1000,100000,1000000' },
    /** How many of those that wait have been put off, because a server of pictures is away, and stand at the front. */
    deferred: { type: 'string', default: '0' },
    /** A folder on the disk that is to be measured. */
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

interface Latency {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Measurement {
  readonly waiting: number;
  readonly people: number;
  readonly admit: Latency;
  readonly claim: Latency;
  readonly floor: Latency;
  readonly plans: Readonly<Record<string, readonly string[]>>;
}

const measurements: Measurement[] = [];
for (const waiting of given.waiting.split(',').map(Number)) {
  const measurement = await measure(waiting);
  measurements.push(measurement);
  if (!given.json) print(measurement);
}
if (given.json) console.log(JSON.stringify(measurements, undefined, 2));

async function measure(waiting: number): Promise<Measurement> {
  const folder = mkdtempSync(join(given.folder, 'pentimento-bench-'));
  const database = openSqlite(join(folder, 'queue.sqlite3'));
  try {
    const queue = new Queue(database, options);
    let count = 0;
    // Seven shares no factor with the number of people, so everybody comes up, and with different costs.
    const admit = async () => {
      const mention = mentionOf(String(count), `person ${(count * 7) % PEOPLE}`);
      await queue.admit('here', mention, { request, cost: 1 + (count % 13) });
      count++;
    };
    const { connection } = database;
    connection.pragma('synchronous = OFF');
    while (count < waiting) await admit();
    const soon = Date.now() + 60 * 60_000;
    for (let i = 0; i < Number(given.deferred); i++) {
      const claim = await queue.claimRender();
      if (claim) await queue.retryRender(claim, soon);
    }
    connection.pragma('synchronous = FULL');
    connection.pragma('wal_checkpoint(TRUNCATE)');

    connection.exec('CREATE TABLE floor (n INTEGER) STRICT');
    const insert = connection.prepare('INSERT INTO floor VALUES (1)');
    const times = { admit: [] as number[], claim: [] as number[], floor: [] as number[] };
    for (let i = 0; i < SAMPLES; i++) {
      times.floor.push(await milliseconds(() => Promise.resolve(insert.run())));
      times.admit.push(await milliseconds(admit));
      let claim: RenderClaim | undefined;
      times.claim.push(await milliseconds(async () => (claim = await queue.claimRender())));
      if (claim !== undefined) await queue.rendered(claim, painted);
    }
    return {
      waiting,
      people: PEOPLE,
      admit: latency(times.admit),
      claim: latency(times.claim),
      floor: latency(times.floor),
      plans: plansOf(database),
    };
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

/** How SQLite goes about the statements that every request meets. */
function plansOf({ connection }: SqliteDatabase): Measurement['plans'] {
  const waiting = "state IN ('queued', 'rendering')";
  const statements = {
    'the next request to render': claimRender('sqlite', 'NULL'),
    'the next answer to post': claimReply('sqlite', 'NULL'),
    'what was put off and is due': RECALL,
    'a mention that is there already':
      "SELECT 1 FROM requests WHERE platform = 'here' AND mention_id = '1'",
    'the largest finish tag': 'SELECT max(finish_tag) FROM people',
    'how much a person has waiting': `SELECT id FROM requests WHERE platform = 'here' AND person = '1' AND ${waiting}
      ORDER BY start_tag, id LIMIT 10`,
    'how much a person asked for today': `SELECT created_at FROM requests WHERE platform = 'here' AND person = '1'
      AND created_at BETWEEN 0 AND 1 AND cost > 0 ORDER BY created_at DESC LIMIT 1 OFFSET 9`,
  };
  const values = { now: 0, until: 0, token: '' };
  return Object.fromEntries(
    Object.entries(statements).map(([name, sql]) => [
      name,
      connection
        .prepare<[object], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(values)
        .map(({ detail }) => detail),
    ]),
  );
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

function print({ waiting, people, plans, ...measured }: Measurement): void {
  console.log(`${waiting} waiting, of ${people} people`);
  for (const name of ['admit', 'claim', 'floor'] as const) {
    const { perSecond, p50, p99 } = measured[name];
    const what = name === 'floor' ? 'one durable row' : name;
    console.log(
      `  ${what.padEnd(16)} ${perSecond.toFixed(0).padStart(6)} per second, p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`,
    );
  }
  for (const [name, plan] of Object.entries(plans)) console.log(`  ${name}: ${plan.join('; ')}`);
}
