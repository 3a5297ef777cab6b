import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import PQueue from 'p-queue';
import type { Log } from '../log.js';
import { projectRoot } from '../paths.js';
import {
  JobTooHeavy,
  PictureError,
  reportSchema,
  type Painted,
  type RenderJob,
  type RenderProgress,
  type StudioOptions,
} from './job.js';
import { workerEnvironment } from './worker-environment.js';

/** The worker died, hung or failed: nothing is known against the job itself, so it may be tried again. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** How often it is looked whether a worker has said anything. */
const LOOK_MS = 1000;

export interface PoolOptions {
  /** How many pictures are painted at the same time, each in its own process. */
  readonly workers: number;
  readonly studio: StudioOptions;
  /** Names of NVIDIA's GPUs, of which each worker is shown one; none, if they compute on something else. */
  readonly gpus: readonly string[];
  /** A worker that says nothing for so long is taken for dead, in milliseconds, to the second. It reports every second. */
  readonly silenceMs: number;
  /** The longest that one picture may take. */
  readonly jobMs: number;
  /** The most memory that a worker may fill, in bytes. It says every second how much it does. */
  readonly memoryBytes: number;
  /** Is told, in a sentence, why a device that was wanted is not used. */
  readonly onProblem?: (problem: string) => void;
  readonly log: Log;
}

export interface PaintOptions {
  readonly onProgress?: (progress: RenderProgress) => void;
  readonly signal?: AbortSignal;
}

/** Worker processes that are kept between jobs, since loading a network takes a while. */
export class RenderPool {
  readonly #queue: PQueue;
  readonly #idle: ChildProcess[] = [];
  readonly #busy = new Set<ChildProcess>();
  /** The GPU of each worker that is shown one. */
  readonly #gpus = new Map<ChildProcess, string>();
  readonly #opened = new WeakSet<ChildProcess>();
  #studio: StudioOptions;

  constructor(private readonly options: PoolOptions) {
    this.#queue = new PQueue({ concurrency: options.workers });
    this.#studio = options.studio;
  }

  /** How many pictures are painted at the same time. */
  get size(): number {
    return this.options.workers;
  }

  /** Process ids of the workers that are painting now. */
  get painting(): readonly number[] {
    return [...this.#busy].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Paints a job in a worker process.
   * @throws PictureError if a picture cannot be used, JobTooHeavy if it took too long or too much memory, WorkerLost if
   * the worker did not finish for any other reason, the signal's reason if it was aborted.
   */
  async paint(job: RenderJob, options: PaintOptions = {}): Promise<Painted> {
    return this.#queue.add(() => this.#paintNow(job, options));
  }

  /** Ends all workers, busy or not. */
  close(): void {
    this.#queue.clear();
    for (const worker of [...this.#idle, ...this.#busy]) worker.kill('SIGKILL');
  }

  async #paintNow(job: RenderJob, { onProgress, signal }: PaintOptions): Promise<Painted> {
    signal?.throwIfAborted();
    const worker = this.#idle.pop() ?? this.#start();
    this.#busy.add(worker);
    let reusable = false;
    try {
      const painted = await this.#converse(worker, job, onProgress, signal);
      reusable = true;
      return painted;
    } catch (error) {
      reusable = error instanceof PictureError;
      throw error;
    } finally {
      this.#busy.delete(worker);
      // What failed in an unforeseen way is not trusted with another picture.
      if (reusable && worker.connected) this.#idle.push(worker);
      else worker.kill('SIGKILL');
    }
  }

  #converse(
    worker: ChildProcess,
    job: RenderJob,
    onProgress: PaintOptions['onProgress'],
    signal: AbortSignal | undefined,
  ): Promise<Painted> {
    const { silenceMs, jobMs, memoryBytes, onProblem, log } = this.options;
    return new Promise<Painted>((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearInterval(silence);
        clearTimeout(deadline);
        worker.off('message', onMessage).off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const lost = (why: string) => {
        log.warn({ worker: worker.pid, why, output: job.output }, 'a render worker is lost');
        settle(() => reject(new WorkerLost(why)));
      };
      const crashed = (why: string) => {
        this.#distrust(worker);
        lost(why);
      };
      const tooHeavy = (why: string) => {
        log.warn({ worker: worker.pid, why, output: job.output }, 'a render worker is stopped');
        settle(() => reject(new JobTooHeavy(why)));
      };
      const onAbort = () => settle(() => reject(signal?.reason as Error));
      const onExit = (code: number | null, killer: string | null) =>
        crashed(
          killer === 'SIGKILL'
            ? 'the worker was killed, as happens when no memory is left; a smaller picture takes less'
            : `the worker ended with ${killer ?? `code ${code}`}`,
        );
      const onMessage = (message: unknown): void => {
        looks = 0;
        const { data: report } = reportSchema.safeParse(message);
        switch (report?.type) {
          case 'heartbeat':
            if (report.memory > memoryBytes) tooHeavy(`it filled ${report.memory} bytes`);
            return;
          case 'opened':
            this.#opened.add(worker);
            for (const problem of report.problems) {
              log.warn({ worker: worker.pid }, problem);
              onProblem?.(problem);
            }
            return log.info(
              { worker: worker.pid, device: report.device },
              'a render worker is open',
            );
          case 'progress':
            return onProgress?.(report.progress);
          case 'painted':
            return settle(() => resolve(report.painted));
          case 'refused':
            return settle(() =>
              reject(new PictureError(report.problem, report.file, report.message)),
            );
          case 'failed':
            return lost(report.message);
          case undefined:
            return lost('it sent a message that cannot be understood');
        }
      };
      // Counted by our own looks: where it is ourselves who stood still, because the machine was busy or asleep, one look
      // is late, and before the next is read what the worker has said meanwhile.
      let looks = 0;
      const silence = setInterval(() => {
        if (++looks * LOOK_MS > silenceMs) crashed(`the worker was silent for ${silenceMs} ms`);
      }, LOOK_MS);
      const deadline = setTimeout(() => tooHeavy(`it was not done after ${jobMs} ms`), jobMs);
      worker.on('message', onMessage).once('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.send(job, (error) => {
        if (error) lost(error.message);
      });
    });
  }

  /**
   * A worker that dies or falls silent before it has opened its device may have met a driver that crashes or hangs, as it
   * would again: from now on the CPU computes.
   */
  #distrust(worker: ChildProcess): void {
    if (this.#opened.has(worker) || this.#studio.device === 'cpu') return;
    this.#studio = { ...this.#studio, device: 'cpu' };
    this.options.log.warn(
      'a render worker was lost while it opened its device; the CPU computes now',
    );
  }

  /** The GPU that the fewest workers have. */
  #nextGpu(): string | undefined {
    const workersOn = (gpu: string) => [...this.#gpus.values()].filter((one) => one === gpu).length;
    return this.options.gpus.toSorted((a, b) => workersOn(a) - workersOn(b))[0];
  }

  #start(): ChildProcess {
    // Compiled, this file and the worker end in .js; in development both end in .ts and tsx loads them.
    const ending = extname(import.meta.url);
    const file = fileURLToPath(new URL(`./worker${ending}`, import.meta.url));
    const execArgv = ending === '.ts' ? ['--import', 'tsx'] : [];
    // From the project's own folder tsx is found wherever the bot was started; jobs name their files in full.
    const gpu = this.#nextGpu();
    const env = {
      ...workerEnvironment(process.env),
      ...(gpu !== undefined && { CUDA_VISIBLE_DEVICES: gpu }),
    };
    const studio = JSON.stringify(this.#studio);
    const worker = fork(file, [studio], {
      execArgv,
      cwd: projectRoot,
      env,
      serialization: 'advanced',
    });
    if (gpu !== undefined) this.#gpus.set(worker, gpu);
    worker.on('error', (error) => this.options.log.error({ error }, 'a render worker'));
    worker.once('exit', () => {
      this.#gpus.delete(worker);
      const i = this.#idle.indexOf(worker);
      if (i >= 0) this.#idle.splice(i, 1);
    });
    return worker;
  }
}
