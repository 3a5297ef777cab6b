import { join } from 'node:path';
import { projectRoot } from '../../src/paths.js';

/** The variable of the environment that names the folder of the compiled program, in a run that has one. */
export const BUILT = 'PENTIMENTO_BUILT';

/** What node is given to run a file of src/, named without its ending: compiled if it is, or else with tsx. */
export function programFile(name: string): readonly string[] {
  const built = process.env[BUILT];
  if (built !== undefined) return [join(built, `${name}.js`)];
  const tsx = join(projectRoot, 'node_modules/tsx/dist/loader.mjs');
  return ['--import', tsx, join(projectRoot, 'src', `${name}.ts`)];
}
