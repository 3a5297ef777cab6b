import { parseArgs } from 'node:util';
import { PEOPLE_PER_FLOODER } from './assumptions.js';
import type { Quotas } from '../../src/queue/quotas.js';
import type { Crowd } from './arrivals.js';
import type { Machines } from './day.js';

export const help = `npm run simulate -- [options]: a day of a bot with many people, by the queue's own rules.

  --people 1000000         how many there are
  --requests 10000000      what they ask for in a day, about
  --flooders 100           how many ask for 2000 pictures within an hour more; one in 10,000 people
  --gpus 200               how many pictures are painted at the same time
  --pace 40000000          of each, in units of cost a second ("pentimento stats" tells that of a device)
  --overhead 0.5           seconds of a picture in which nothing is computed: downloads, looking, encoding
  --per-person 10          quota: what waits of one person; 0 for none, also with the next two
  --per-day 50             quota: what one person asks for in a day
  --waiting 0              quota: what waits of everybody
  --window 600             seconds of a stretch in which it is judged how evenly people are served
  --goals 10,60,600        seconds that 99 of 100 pictures are to wait at most: how many GPUs does it take? "none" for none
  --seed 1                 another number gives another day; the same one, the same
  --json                   for programs
  --help

Shares of people and wishes, and the curve of the day, are assumptions: test/simulation/assumptions.ts.`;

export interface Options {
  readonly crowd: Crowd;
  readonly machines: Machines;
  readonly quotas: Quotas;
  readonly windowSeconds: number;
  readonly goals: readonly number[];
  readonly json: boolean;
}

/**
 * The command's options; undefined if help was asked for.
 * @throws TypeError if there is something else
 */
export function optionsIn(args: readonly string[]): Options | undefined {
  const text = (usual: string) => ({ type: 'string', default: usual }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      people: text('1000000'),
      requests: text('10000000'),
      flooders: { type: 'string' },
      gpus: text('200'),
      pace: text('40000000'),
      overhead: text('0.5'),
      'per-person': text('10'),
      'per-day': text('50'),
      waiting: text('0'),
      window: text('600'),
      goals: text('10,60,600'),
      seed: text('1'),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const people = whole('people', values.people, 3);
  const quota = (name: 'per-person' | 'per-day' | 'waiting') =>
    whole(name, values[name], 0) || Infinity;
  return {
    crowd: {
      people,
      requests: whole('requests', values.requests, 1),
      flooders: whole(
        'flooders',
        values.flooders ?? String(Math.ceil(people / PEOPLE_PER_FLOODER)),
        0,
      ),
      seed: whole('seed', values.seed, 0),
    },
    machines: {
      gpus: whole('gpus', values.gpus, 1),
      pace: number('pace', values.pace, 1),
      overhead: number('overhead', values.overhead, 0),
    },
    quotas: {
      waiting: quota('waiting'),
      waitingPerPerson: quota('per-person'),
      perPersonAndDay: quota('per-day'),
    },
    windowSeconds: number('window', values.window, 1),
    goals:
      values.goals === 'none'
        ? []
        : values.goals.split(',').map((goal) => number('goals', goal, 0.001)),
    json: values.json,
  };
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new TypeError(`--${name} takes a number from ${least}, not "${text}"`);
  return value;
}

function whole(name: string, text: string, least: number): number {
  const value = number(name, text, least);
  if (!Number.isInteger(value)) throw new TypeError(`--${name} takes a whole number`);
  return value;
}
