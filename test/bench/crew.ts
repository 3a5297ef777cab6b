import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Ground } from './engine.js';

/** What a worker is told to do, for so long, or until it has done so much. */
export interface Order {
  /** Claims alone; or each picture's whole way, from its claim to its answer. */
  readonly what: 'claims' | 'pictures';
  readonly ms: number;
  readonly most: number;
}

/** What it has done, in how long. */
export interface Done {
  readonly count: number;
  readonly ms: number;
}

export interface Race extends Order {
  readonly workers: number;
  readonly perSecond: number;
  /** What PostgreSQL's connections waited for, of a hundred looks at each while it was at work. */
  readonly waits: Readonly<Record<string, number>>;
}

/** Processes of their own with connections of their own, as `pentimento work` is, that wait for orders. */
export class Crew {
  private constructor(private readonly workers: readonly ChildProcess[]) {}

  static async at(place: string, size: number): Promise<Crew> {
    const script = fileURLToPath(new URL('queue-worker.ts', import.meta.url));
    const workers = Array.from({ length: size }, () =>
      fork(script, [place], { execArgv: ['--import', 'tsx'], serialization: 'advanced' }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    return new Crew(workers);
  }

  /** Some of them work at the same time. */
  async race(ground: Ground, workers: number, order: Order): Promise<Race> {
    const racing = this.workers.slice(0, workers);
    const most = Math.ceil(order.most / workers);
    const looking = new AbortController();
    const waits = ground.engine === 'postgres' ? waitsOf(ground, looking.signal) : undefined;
    const done = await Promise.all(
      racing.map(async (worker) => {
        const message = once(worker, 'message') as Promise<[Done]>;
        worker.send({ ...order, most });
        return (await message)[0];
      }),
    );
    looking.abort();
    const count = done.reduce((sum, each) => sum + each.count, 0);
    const longest = Math.max(...done.map(({ ms }) => ms));
    return { ...order, workers, perSecond: (1000 * count) / longest, waits: (await waits) ?? {} };
  }

  async dismiss(): Promise<void> {
    await Promise.all(
      this.workers.map((worker) => {
        const exit = once(worker, 'exit');
        worker.disconnect();
        return exit;
      }),
    );
  }
}

const LOOK_MS = 50;

async function waitsOf(
  { database }: Ground,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {};
  let looks = 0;
  while (!signal.aborted) {
    const rows = await database.all<{ readonly wait: string | null; readonly n: number }>(
      `SELECT wait_event_type || ' ' || wait_event AS wait, count(*) AS n FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle' GROUP BY 1`,
    );
    for (const { wait, n } of rows) {
      seen[wait ?? 'none'] = (seen[wait ?? 'none'] ?? 0) + n;
      looks += n;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return Object.fromEntries(
    Object.entries(seen)
      .sort(([, a], [, b]) => b - a)
      .map(([wait, n]) => [wait, Math.round((100 * n) / looks)]),
  );
}
