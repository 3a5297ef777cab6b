import { parseArgs } from 'node:util';
import { runCorpus } from './run.js';

/*
 * npm run corpus -- [--only EXPRESSION] [--json]: everything hostile that we could think of, against a running bot. One
 * line per case, then figures; exit code 1 if anything went wrong.
 */

const { values } = parseArgs({
  options: {
    /** Only cases whose names match. */
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
// Exiting properly takes the bot along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const only = new RegExp(values.only);
const verdict = await runCorpus(
  (name) => only.test(name),
  ({ name, outcome, isRight, seconds }) => {
    if (values.json) return;
    console.log(
      `${isRight ? 'ok   ' : 'WRONG'} ${seconds.toFixed(1).padStart(5)} s  ${name}: ${outcome}`,
    );
  },
);
if (values.json) console.log(JSON.stringify(verdict, undefined, 2));
else console.log(verdict.figures);
for (const complaint of verdict.complaints) console.error(complaint);
if (verdict.complaints.length > 0) process.exitCode = 1;
