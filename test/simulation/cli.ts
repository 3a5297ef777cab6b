import { showProgress } from '../../src/commands/progress.js';
import { Arrivals } from './arrivals.js';
import { kinds } from './assumptions.js';
import { Costs } from './costs.js';
import { dayOf, waitsOfOthers, type Day, type Machines } from './day.js';
import { Line, type Order } from './line.js';
import { loadOfRequest } from './load.js';
import { help, optionsIn, type Options } from './options.js';
import { inWords, type Report } from './report.js';
import { gpusFor } from './search.js';

/*
 * npm run simulate [-- --people 1000000 --requests 10000000 --gpus 200 --seed 1]: how long people wait, how fair that is, and how
 * many GPUs it takes, for crowds that nobody has at home. The order of painting is made by the bot's own function.
 */

let options: Options | undefined;
try {
  options = optionsIn(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('npm run simulate -- --help tells more');
  process.exit(2);
}
if (options === undefined) console.log(help);
else {
  const report = await simulate(options);
  console.log(options.json ? JSON.stringify(forPrograms(report), undefined, 2) : inWords(report));
}

async function simulate({
  crowd,
  machines,
  quotas,
  windowSeconds,
  goals,
}: Options): Promise<Report> {
  const costs = new Costs();
  const run = (order: Order, machines: Machines, doing: string): Day => {
    const arrivals = new Arrivals(crowd, costs);
    const line = new Line(arrivals.people, order, quotas);
    const progress = showProgress(doing);
    const { update: onProgress } = progress;
    const day = dayOf(arrivals, line, { machines, windowSeconds, onProgress });
    progress.stop();
    return day;
  };
  const { gpus } = machines;
  const fair = run('fair', machines, `${gpus} GPUs, fair`);
  const firstCome = run('first come', machines, `${gpus} GPUs, first come`);
  const least = Math.ceil(gpus * fair.utilization.mean);
  const needed = gpusFor(goals, least, (gpus) => {
    const day = run('fair', { ...machines, gpus }, `would ${gpus} GPUs do?`);
    return waitsOfOthers(day).quantile(0.99);
  });
  return { machines, meanCost: costs.mean, fair, firstCome, load: await loadOfRequest(), needed };
}

function forPrograms({ fair, firstCome, ...report }: Report) {
  const days = { fair: summary(fair), firstCome: summary(firstCome) };
  return { ...report, ...days };
}

function summary({ waits, ...day }: Day) {
  const quantiles = kinds.map((kind) => {
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((fraction) => waits[kind].quantile(fraction));
    return [kind, { pictures: waits[kind].count, p50, p90, p99 }] as const;
  });
  return { ...day, waits: Object.fromEntries(quantiles) };
}
