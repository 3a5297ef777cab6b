import type { Sql } from '../queue/sql.js';
import { loadConfig } from '../config.js';
import { dayOf } from '../platforms/x/reads.js';
import { isPaused, tallies } from '../queue/desk.js';
import { pacesOf } from '../queue/forecast.js';
import { readsOn } from '../queue/ledger.js';
import { withDatabase } from './open.js';

/** `pentimento stats`: what the bot has done, and how long people waited for it. */
export async function statsCommand(): Promise<void> {
  const { dailyReads } = loadConfig().x;
  await withDatabase(async (database) => {
    const { queued, rendering, answering, answered, unanswerable, cancelled } =
      await tallies(database);
    console.log(`waiting          ${queued}${(await isPaused(database)) ? ' (paused)' : ''}`);
    console.log(`being painted    ${rendering}`);
    console.log(`being answered   ${answering}`);
    console.log(`answered         ${answered}`);
    console.log(`unanswerable     ${unanswerable}`);
    console.log(`cancelled        ${cancelled}`);
    for (const [name, days] of [
      ['last 24 hours', 1],
      ['last 7 days', 7],
      ['last 30 days', 30],
    ] as const) {
      const { count, people, median, longest } = await lately(
        database,
        Date.now() - days * 86_400_000,
      );
      if (count === 0) continue;
      console.log(
        `${name.padEnd(16)} ${count} painted for ${people} ${people === 1 ? 'person' : 'people'}; from asking to answering ${seconds(median)} (median), ${seconds(longest)} (longest)`,
      );
    }
    for (const { machine, device, costPerSecond } of await pacesOf(database))
      console.log(
        `pace             ${(costPerSecond / 1e6).toFixed(2)} million pixel steps per second on ${device}${machine === '' ? '' : ` of ${machine}`}`,
      );
    for (const { platform, reads } of await readsOn(database, dayOf(Date.now())))
      console.log(`reads today      ${reads} of ${dailyReads}, by ${platform}`);
  });
}

interface Lately {
  readonly count: number;
  readonly people: number;
  /** Milliseconds from the mention to the answer. */
  readonly median: number;
  readonly longest: number;
}

/** Of the pictures that were posted since then and are not forgotten yet. */
async function lately(sql: Sql, since: number): Promise<Lately> {
  const times = await sql.all<{ readonly person: string; readonly took: number }>(
    `SELECT platform || ' ' || person AS person, changed_at - created_at AS took FROM requests
     WHERE state = 'answered' AND changed_at >= @since AND answer ->> 'type' = 'painted'
     ORDER BY took`,
    { since },
  );
  return {
    count: times.length,
    people: new Set(times.map(({ person }) => person)).size,
    median: times[Math.floor(times.length / 2)]?.took ?? 0,
    longest: times.at(-1)?.took ?? 0,
  };
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
