import { randomInt } from 'node:crypto';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { prerequisites } from './test/support/prerequisites.js';
import { LongestFirst } from './test/support/sequencer.js';

/*
 * A test belongs to the project whose folder it lies in. docs/testing.md says what each project is
 * for, how long it takes, and which tests run when.
 */

/** The seed of all property tests in this run. See test/support/property.ts. */
const seed = seedOf(process.env.FC_SEED ?? '1');
// Vitest reads this file once for each project. All of them must take the same seed.
process.env.FC_SEED = seed;

/** @throws Error if it is neither "random" nor a whole number */
function seedOf(text: string): string {
  if (text === 'random') return String(randomInt(2 ** 31));
  if (!/^-?\d+$/.test(text)) throw new Error('FC_SEED is a whole number, or random');
  return text;
}

const SECOND = 1000;

/** Compiles the program once, for tests that start it as a process. */
const BUILD = 'test/support/build.ts';
const CLUSTER = 'test/support/cluster.ts';
const REPORT = 'test/support/report.ts';

/**
 * A project, and the time limits of its tests.
 * @param seconds the limit of one test, and of one hook: a few times what the slowest takes on two
 * cores, so that a hang fails soon. A slower test names its own limit.
 */
function project(
  name: string,
  seconds: number,
  { include = [], ...more }: TestProjectInlineConfiguration['test'] & object = {},
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      testTimeout: seconds * SECOND,
      hookTimeout: seconds * SECOND,
      globalSetup: [BUILD, REPORT],
      ...more,
      include: [`test/${name}/**/*.test.ts`, ...include],
    },
  };
}

/** What is promised of the queue on both engines. */
const QUEUE = 'test/unit/queue';
const CONTRACT = `${QUEUE}/queue.test.ts`;
/** What is promised of SQLite alone. */
const ON_SQLITE = ['database', 'lock', 'waiting'].map((name) => `${QUEUE}/${name}.test.ts`);

export default defineConfig({
  test: {
    env: { FC_SEED: seed },
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    maxWorkers: 2,
    // Without PostgreSQL its project has no files.
    passWithNoTests: !prerequisites.postgres.isInstalled,
    coverage: {
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html', 'lcovonly'],
    },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', 20, { globalSetup: [REPORT] }),
      project('smoke', 60, {
        globalSetup: [BUILD, CLUSTER, REPORT],
        include: prerequisites.postgres.isInstalled ? [CONTRACT] : [],
      }),
      project('integration', 120),
      project('browser', 120),
      project('postgres', 120, {
        globalSetup: [BUILD, CLUSTER, REPORT],
        include: [`${QUEUE}/**/*.test.ts`],
        exclude: prerequisites.postgres.isInstalled ? [CONTRACT, ...ON_SQLITE] : ['**'],
      }),
      project('platforms', 120),
      project('chaos', 600),
      project('repo', 120, { globalSetup: [] }),
    ],
  },
});
