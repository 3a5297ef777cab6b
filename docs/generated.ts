import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/paths.js';

/**
 * Writes generated files of the docs. With `--check` on the command line it writes nothing, and ends
 * the process with exit code 1 if a file differs from what would be written.
 * @param files the whole text of each file, by its path in the project
 */
export function writeOrCheck(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(projectRoot, name);
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${name} is out of date. Run the script without --check.`);
      process.exitCode = 1;
    }
  }
}
