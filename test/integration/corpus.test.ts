import { expect, it } from 'vitest';
import { runCorpus } from '../corpus/run.js';

/** All of them take some minutes: `npm run corpus`. */
const EVERY = 5;

it(
  'everything hostile gets a sentence or is refused, in bounded time and memory, and the bot lives on',
  async () => {
    const { complaints, figures } = await runCorpus((_, index) => index % EVERY === 0);
    expect(complaints).toEqual([]);
    expect(figures.cases).toBeGreaterThanOrEqual(80);
  },
  15 * 60_000,
);
