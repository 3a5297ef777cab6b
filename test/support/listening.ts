import type { Executor, Values } from '../../src/graph/executor.js';

/** An executor that tells of every run of whatever it compiles: the names of the outputs, and the inputs. */
export function listening(
  real: Executor,
  onRun: (outputs: readonly string[], inputs: Values, isFirst: boolean) => void,
): Executor {
  return {
    ...real,
    async compile(outputs, fixed) {
      const program = await real.compile(outputs, fixed);
      let isFirst = true;
      return {
        ...program,
        run(inputs) {
          onRun(Object.keys(outputs), inputs, isFirst);
          isFirst = false;
          return program.run(inputs);
        },
      };
    },
  };
}

/** An executor that counts the runs of whatever it compiles. */
export function counting(real: Executor): {
  readonly executor: Executor;
  readonly runs: () => number;
} {
  let runs = 0;
  return { executor: listening(real, () => runs++), runs: () => runs };
}
