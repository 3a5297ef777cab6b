import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Renders and browsers are real here; a slow machine must not turn a right answer into a failure.
    testTimeout: 10 * 60_000,
    hookTimeout: 120_000,
    // Files that wait (for streams that fall silent, for leases that run out) leave a processor to others that compute.
    maxWorkers: 2,
  },
});
