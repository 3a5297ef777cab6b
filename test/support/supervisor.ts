import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Role } from '../../src/front.js';
import { projectRoot } from '../../src/paths.js';
import { programFile } from './program.js';
import { secretsIn } from './secrets.js';
import { childrenOf, commandOf, hasVariable, processes, type ProcessInfo } from './processes.js';

const lineSchema = z.looseObject({
  time: z.number(),
  msg: z.string(),
  /** The post that it is about. */
  mention: z.string().optional(),
  /** The number of the request in the queue. */
  request: z.number().optional(),
});
/** A line of the bot's log. */
export type LogLine = z.infer<typeof lineSchema>;

export interface SupervisorOptions {
  /** The bot's data folder, which no other process is told of. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Which of its commands; the whole bot if nothing is said. */
  readonly role?: Role;
  /** How many milliseconds to wait before a bot that ended is started again. */
  readonly pauseMs: () => number;
  readonly onStart: () => void;
  readonly onLine: (line: LogLine) => void;
}

/** Keeps a bot running, as systemd or Docker would: however it ends, it is started again. */
export class Supervisor {
  readonly lines: LogLine[] = [];
  /** What the bot wrote that is no line of its log: usage, stack traces. */
  readonly noise: string[] = [];
  /** Processes that outlived the bot that started them. */
  readonly orphans: number[] = [];
  /** Complaints about secrets in what it wrote, on both outputs. */
  readonly leaks: string[] = [];
  starts = 0;
  #child: ChildProcess | undefined;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  /** Asks the bot to end and does not start it again. Gives its exit code. */
  async stop(): Promise<number | null> {
    this.#stop.abort();
    const child = this.#child;
    child?.kill('SIGTERM');
    await this.#running;
    return child?.exitCode ?? null;
  }

  /** Asks the bot to end; then it is started again. */
  restart(): void {
    this.#child?.kill('SIGTERM');
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** The bot's process, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Its render workers. */
  workers(): readonly ProcessInfo[] {
    return childrenOf(this.#child?.pid ?? NaN).filter(({ pid }) =>
      commandOf(pid).includes('render/worker'),
    );
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const child = this.#spawn();
      this.#child = child;
      this.starts++;
      this.options.onStart();
      await once(child, 'exit');
      this.#child = undefined;
      await this.#expectNobody();
      await sleep(this.options.pauseMs(), undefined, { signal: this.#stop.signal }).catch(
        () => undefined,
      );
    }
  }

  #spawn(): ChildProcess {
    const { folder, environment, role = 'bot' } = this.options;
    const child = spawn(process.execPath, [...programFile('cli'), role], {
      cwd: projectRoot,
      env: { ...process.env, ...environment, PENTIMENTO_DATA: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const dieTogether = () => void child.kill('SIGKILL');
    process.once('exit', dieTogether);
    child.once('exit', () => process.off('exit', dieTogether));
    createInterface({ input: child.stderr }).on('line', (text) => this.#read(text));
    createInterface({ input: child.stdout }).on('line', (text) => this.#search(text));
    return child;
  }

  #search(text: string): void {
    this.leaks.push(...secretsIn('what the bot wrote', text));
  }

  #read(text: string): void {
    this.#search(text);
    const line = lineSchema.safeParse(parsed(text)).data;
    if (line === undefined) return void this.noise.push(text);
    this.lines.push(line);
    this.options.onLine(line);
  }

  /** Whoever is left of a bot that has ended is given a generous while to notice. */
  async #expectNobody(): Promise<void> {
    const variable = `PENTIMENTO_DATA=${this.options.folder}`;
    const left = () => processes().filter(({ pid }) => hasVariable(pid, variable));
    for (let patience = 200; left().length > 0 && patience > 0; patience--) await sleep(50);
    for (const { pid } of left()) {
      this.orphans.push(pid);
      process.kill(pid, 'SIGKILL');
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
