import type { Executor } from '../../src/graph/executor.js';

/** An executor that counts the runs of whatever it compiles. */
export function counting(real: Executor): {
  readonly executor: Executor;
  readonly runs: () => number;
} {
  let runs = 0;
  const executor: Executor = {
    ...real,
    async compile(outputs, fixed) {
      const program = await real.compile(outputs, fixed);
      return {
        ...program,
        run(inputs) {
          runs++;
          return program.run(inputs);
        },
      };
    },
  };
  return { executor, runs: () => runs };
}
