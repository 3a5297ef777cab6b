import { parseArgs } from 'node:util';
import { killings, settle, storm } from './acts.js';
import { openScene } from './scene.js';
import { judge } from './verdict.js';

/*
 * npm run chaos -- [--minutes 30] [--seed N] [--json]: the chaos of the tests, in turns until the time is over. Ends
 * with figures, and with exit code 1 if anything went wrong.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
// Exiting properly takes the bot along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const start = Date.now();
const elapsed = () => (Date.now() - start) / 1000;
const scene = await openScene(Number(values.seed));
try {
  // Signing in is in the storm, too, so the bot starts in it.
  scene.faults.weather = 'storm';
  scene.supervisor.start();
  do {
    await storm(scene, 50);
    await settle(scene);
    await killings(scene, 25);
    await settle(scene);
  } while (elapsed() < 60 * Number(values.minutes));
  await scene.supervisor.stop();
  const { figures, complaints } = await judge(scene, elapsed());
  for (const complaint of complaints) console.error(complaint);
  if (values.json) console.log(JSON.stringify(figures, undefined, 2));
  else print(figures);
  const { duplicates, lost, wrong, orphans, leftovers } = figures;
  if (duplicates + lost + wrong + orphans + leftovers > 0) process.exitCode = 1;
} finally {
  await scene.close();
}

/** A table: objects as indented groups. */
function print(group: object, indent = ''): void {
  for (const [name, value] of Object.entries(group) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) {
      console.log(`${indent}${name}`);
      print(value, `${indent}  `);
    } else console.log(`${indent}${name.padEnd(30 - indent.length)}${String(value)}`);
  }
}
