import { CommanderError } from 'commander';
import { UsageError } from '../../src/commands/errors.js';
import { program } from './program.js';

/*
 * npm run bench -- NAME [options]: runs one benchmark. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UsageError) console.error(error.message);
  else if (!(error instanceof CommanderError)) throw error;
  // Commander has printed its message. It throws with exit code 0 when help was asked for.
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
