import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import type { Crowd } from './crowd.js';
import { Dice } from './dice.js';
import type { Scene } from './scene.js';

/** If nobody could be killed for so long, perhaps the bot has nothing to do. */
const BOREDOM_MS = 10_000;
/**
 * So long may nothing at all happen before the rest counts as lost. The bot's longest honest wait is shorter: a mention
 * that is not streamed is read within a minute, and, since that may fail, within some more.
 */
const PATIENCE_MS = 300_000;

/** A third attempt at a picture is the last: if it fails, too, the bot rightly apologizes. */
const LAST_ATTEMPT = 3;

/** The bot, or its worker, is killed so often, while people go on asking. Nothing else goes wrong. */
export async function killings(scene: Scene, rounds: number): Promise<void> {
  const { crowd, killer, faults, seed, folder } = scene;
  const dice = new Dice(seed, `killings after ${killer.kills.length}`);
  faults.weather = 'odd server';
  for (let round = 0; round < rounds; round++) {
    await until(() => !statesIn(folder).some(isLastAttempt));
    const death = killer.next();
    await crowd.ask();
    while (await isStillWaiting(death, BOREDOM_MS))
      await crowd.ask(countFinal(folder) < crowd.asked.length ? 'nothing' : 'pair');
    if (dice.chance(0.7)) await crowd.ask(); // more often than not, nobody listens now
  }
  faults.weather = 'fair';
}

/** So many mentions more, at a slower pace, wait for a fault that has not had its turn: a silent stream takes a while. */
const ENCORE = 60;

/** People ask so much, while everything goes wrong that can, and each at least once; but nobody is killed. */
export async function storm(scene: Scene, mentions: number): Promise<void> {
  const { crowd, faults, seed } = scene;
  const dice = new Dice(seed, `storm after ${crowd.asked.length}`);
  faults.weather = 'storm';
  for (let asked = 0; asked < mentions + ENCORE; asked++) {
    if (asked >= mentions) {
      if (Object.values(faults.counts()).every((count) => count > 0)) break;
      faults.weather = 'encore';
    }
    await crowd.ask();
    await sleep(dice.between(0, asked < mentions ? 600 : 4000));
  }
  faults.weather = 'fair'; // or the unluckiest answer would wait longer and longer, and never be done
}

/** Waits until every mention has come to its end, or nothing moves any more. */
export function settle({ crowd, folder }: Pick<Scene, 'crowd' | 'folder'>): Promise<void> {
  return settled(crowd, () => countFinal(folder), PATIENCE_MS);
}

/**
 * Likewise, for whoever counts otherwise.
 * @param count how many mentions have come to their end
 */
export async function settled(
  { asked }: Pick<Crowd, 'asked'>,
  count: () => number | Promise<number>,
  patienceMs: number,
): Promise<void> {
  let [done, since] = [-1, Date.now()];
  for (;;) {
    const now = await count();
    if (now !== done) [done, since] = [now, Date.now()];
    if (now >= asked.length || Date.now() - since > patienceMs) return;
    await sleep(100);
  }
}

export interface RequestState {
  readonly id: number;
  readonly mention: string;
  readonly state: string;
  /** At what is to be done in this state. */
  readonly attempts: number;
}

/** What the bot's own database says of every mention. */
export function statesIn(folder: string): readonly RequestState[] {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return []; // the bot has not even started
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare<[], RequestState>('SELECT id, mention_id AS mention, state, attempts FROM requests')
      .all();
  } finally {
    database.close();
  }
}

/** How many mentions have come to their end. */
export function countFinal(folder: string): number {
  return statesIn(folder).filter(({ state }) => state === 'answered' || state === 'unanswerable')
    .length;
}

function isLastAttempt({ state, attempts }: RequestState): boolean {
  return (state === 'queued' || state === 'rendering') && attempts >= LAST_ATTEMPT - 1;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(100);
}

function isStillWaiting(event: Promise<void>, ms: number): Promise<boolean> {
  return Promise.race([event.then(() => false), sleep(ms, true)]);
}
