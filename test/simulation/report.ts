import { DAY_S, kinds, SWING } from './assumptions.js';
import type { Evenness } from './backlog.js';
import type { Day, Machines } from './day.js';
import type { Histogram } from './histogram.js';
import type { RequestLoad } from './load.js';
import type { Needed } from './search.js';

/** Everything that a simulation has found. */
export interface Report {
  readonly machines: Machines;
  readonly meanCost: number;
  readonly fair: Day;
  readonly firstCome: Day;
  readonly load: RequestLoad;
  readonly needed: readonly Needed[];
}

/** The report in words. */
export function inWords({ machines, meanCost, fair, firstCome, load, needed }: Report): string {
  const { gpus, pace, overhead } = machines;
  const refused = kinds.reduce((sum, kind) => sum + fair.refused[kind], 0);
  return [
    `${grouped(fair.asked)} asked for, ${grouped(refused)} of them over a quota; ${grouped(fair.dispatched)} painted`,
    `${grouped(gpus)} GPUs, a picture takes ${(overhead + meanCost / pace).toFixed(2)} s (${millions(meanCost)} units at ${millions(pace)} a second, and ${overhead} s)`,
    `busy ${percent(fair.utilization.mean)} of the day, ${percent(fair.utilization.most)} at most; at most ${grouped(fair.longest)} waited; the last was painted ${hours(fair.end)} after the day began`,
    '',
    'waits until being taken up            fair: p50      p90      p99     first come: p50      p90      p99',
    ...kinds
      .filter((kind) => fair.waits[kind].count > 0)
      .map((kind) =>
        [
          `  ${kind}`.padEnd(13),
          `${grouped(fair.waits[kind].count)} pictures`.padStart(20),
          quantiles(fair.waits[kind]),
          ' '.repeat(8),
          quantiles(firstCome.waits[kind]),
        ].join(' '),
      ),
    '',
    `how evenly those are served who wait throughout a stretch: fair ${evenness(fair.evenness)}; first come ${evenness(firstCome.evenness)}`,
    '',
    ...needed.map(
      ({ goalSeconds, gpus }) =>
        `99 of 100 pictures wait at most ${duration(goalSeconds)} with ${grouped(gpus)} GPUs`,
    ),
    needed.length === 0 ? '' : '(flooders do not count)\n',
    ...database(load, fair.dispatched),
  ].join('\n');
}

/** What the database is asked for each picture, and in a second. */
function database({ each, all }: RequestLoad, painted: number): readonly string[] {
  const mean = painted / DAY_S;
  const most = mean * (1 + SWING);
  return [
    'the database, for each picture (statements as PostgreSQL gets them):',
    ...Object.entries(each).map(
      ([name, { statements, transactions, durable, alone }]) =>
        `  ${name.padEnd(15)} ${statements} statements in ${transactions} transaction${transactions > 1 ? 's' : ''}${durable > 0 ? ', durable' : ''}${alone > 0 ? ', one at a time' : ''}`,
    ),
    `  all together    ${all.statements} statements, ${all.transactions} transactions, ${all.durable} of them durable`,
    `in a second: ${rate(mean)} pictures, ${rate(mean * all.statements)} statements, ${rate(mean * all.transactions)} transactions; in the busiest hour ${rate(most)}, ${rate(most * all.statements)} and ${rate(most * all.transactions)}`,
    `so what goes one at a time has ${(1000 / most / Math.max(1, all.alone)).toFixed(1)} ms for each then`,
  ];
}

function quantiles(waits: Histogram): string {
  return [0.5, 0.9, 0.99]
    .map((fraction) => duration(waits.quantile(fraction)).padStart(8))
    .join(' ');
}

function evenness(found: readonly Evenness[]): string {
  const people = found.reduce((sum, each) => sum + each.people, 0);
  if (people === 0) return 'nobody';
  const jain = found.reduce((sum, each) => sum + each.people * each.jain, 0) / people;
  const least = Math.min(...found.map((each) => each.jain));
  return `Jain ${jain.toFixed(3)}, least ${least.toFixed(3)} (${found.length} stretches, ${Math.round(people / found.length)} people in each)`;
}

function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 6000 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} h`;
const rate = (n: number) => (n < 10 ? n.toFixed(2) : n.toFixed(0));
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const millions = (units: number) => `${(units / 1e6).toFixed(1)} million`;
const grouped = (n: number) => n.toLocaleString('en-US');
