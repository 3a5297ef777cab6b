import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/sequencer.js';

const common = {
  // Renders and browsers are real here; a slow machine must not turn a right answer into a failure.
  testTimeout: 10 * 60_000,
  hookTimeout: 120_000,
};

/** What is promised of the queue, on whichever engine. */
const ofTheQueue = ['test/queue/**/*.test.ts'];
/** And what is only so of one of them, or counts timers, of which connections have their own. */
const ofOne = ['database', 'lock', 'postgres', 'waiting'].map(
  (name) => `test/queue/${name}.test.ts`,
);

export default defineConfig({
  test: {
    // Files that wait (for streams that fall silent, for leases that run out) leave a processor to others that compute.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'all',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/build.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'postgres',
          include: ofTheQueue,
          exclude: ofOne,
          globalSetup: ['test/support/cluster.ts'],
        },
      },
    ],
  },
});
