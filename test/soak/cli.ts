import { parseArgs } from 'node:util';
import { soak } from './soak.js';

/*
 * npm run soak -- [--requests 2000] [--json]: does memory grow with the requests? A line for every tenth of them; exit
 * code 1 if the bot, or its workers, fill over a fifth more in the end than after the first tenth.
 */

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const TOLERANCE = 1.2;
// Exiting properly takes the bot along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const start = performance.now();
const requests = Number(values.requests);
if (!Number.isInteger(requests) || requests < 10)
  throw new Error('--requests takes a number from 10');
const samples = await soak({
  requests,
  every: Math.floor(requests / 10),
  onSample: ({ requests: done, bot, workers }) => {
    const seconds = Math.round((performance.now() - start) / 1000);
    if (!values.json)
      console.log(`${done} requests, ${seconds} s: the bot ${bot} MB, its workers ${workers} MB`);
  },
});
if (values.json) console.log(JSON.stringify(samples, undefined, 2));
const [first, last] = [samples[0], samples.at(-1)];
for (const who of ['bot', 'workers'] as const)
  if (first && last && last[who] > first[who] * TOLERANCE) {
    console.error(`memory grows: the ${who} had ${first[who]} MB and have ${last[who]} MB`);
    process.exitCode = 1;
  }
