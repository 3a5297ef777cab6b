import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../src/paths.js';
import { BUILT } from './program.js';

/**
 * Compiles the program once for all files and projects of a run. Tests start processes of it; compiled,
 * it starts in half the time that tsx takes to load its source. The folder is new, so that no test
 * meets an older program. It lies beside src/, because the program finds its data from there, and
 * holds the files of src/ that are not TypeScript, too.
 */
export default async function setup(): Promise<void> {
  if (process.env[BUILT] !== undefined) return;
  const source = join(projectRoot, 'src');
  const built = mkdtempSync(join(projectRoot, '.built-'));
  // On exit, because vitest calls no teardown in a run that is interrupted.
  process.once('exit', () => rmSync(built, { recursive: true, force: true }));
  const isSource = (file: string) => file.endsWith('.ts');
  cpSync(source, built, { recursive: true, filter: (file) => !isSource(file) });
  await build({
    entryPoints: readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(isSource),
    absWorkingDir: source,
    outdir: built,
    format: 'esm',
    target: 'node20',
    // For messages that tell of an error's class by its name.
    keepNames: true,
  });
  process.env[BUILT] = built;
}
