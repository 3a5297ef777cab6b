import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { looking } from './looking.js';

/** From a GPU's second or two to a slow CPU's quarter of an hour. */
const RENDER_BUCKETS = [1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280];
/** From a bot with nothing else to do to a line of a day. */
const WAITING_BUCKETS = [5, 15, 30, 60, 120, 300, 900, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

/** What accounts have read of a network that charges for it. */
export interface DailyReads {
  readonly limit: number;
  readonly ofToday: () => Promise<readonly { readonly platform: string; readonly reads: number }[]>;
}

export interface Watched {
  /** What keeps the bot from working. */
  readonly problems: () => Promise<readonly string[]>;
  readonly freeBytes: () => Promise<number>;
}

/**
 * What happened, for Prometheus. Counts begin anew with the process, as Prometheus expects. What the database tells stays as it was
 * last told while nobody can ask it: a scrape does not wait.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly #rendered = new Histogram({
    name: 'pentimento_render_seconds',
    help: 'Time to paint a picture',
    labelNames: ['device'],
    buckets: RENDER_BUCKETS,
    registers: [this.registry],
  });
  readonly #waited = new Histogram({
    name: 'pentimento_waiting_seconds',
    help: 'Time from taking a mention in to answering it',
    buckets: WAITING_BUCKETS,
    registers: [this.registry],
  });
  readonly #replied = new Counter({
    name: 'pentimento_replies_total',
    help: 'Answers that were given, by what was answered',
    labelNames: ['answer'],
    registers: [this.registry],
  });
  readonly #failed = new Counter({
    name: 'pentimento_failures_total',
    help: 'What went wrong, by where and how; most is tried again',
    labelNames: ['stage', 'kind'],
    registers: [this.registry],
  });

  /**
   * @param countByState how many requests there are in each state, asked at every scrape
   * @param isPaused whether nothing is painted because the operator wants it so
   * @param reads of networks that charge for them: how many an account may have in a day, and has had today
   */
  constructor(
    countByState: () => Promise<Readonly<Record<string, number>>>,
    isPaused: () => Promise<boolean> = () => Promise.resolve(false),
    reads?: DailyReads,
  ) {
    collectDefaultMetrics({ register: this.registry });
    const pause = looking(isPaused, undefined);
    const counts = looking(countByState, {});
    new Gauge({
      name: 'pentimento_paused',
      help: 'Whether painting is paused: 1 if it is',
      registers: [this.registry],
      async collect() {
        const is = await pause();
        if (is !== undefined) this.set(is ? 1 : 0);
      },
    });
    new Gauge({
      name: 'pentimento_requests',
      help: 'Requests in each state; those that wait are "queued"',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        for (const [state, n] of Object.entries(await counts())) this.set({ state }, n);
      },
    });
    if (reads === undefined) return;
    const readsToday = looking(reads.ofToday, undefined);
    new Gauge({
      name: 'pentimento_reads_today',
      help: 'Posts, people and pictures that an account on X has read since midnight UTC, whether or not it pays for them',
      labelNames: ['platform'],
      registers: [this.registry],
      async collect() {
        const today = await readsToday();
        if (today === undefined) return;
        this.reset(); // yesterday's
        for (const { platform, reads: n } of today) this.set({ platform }, n);
      },
    });
    new Gauge({
      name: 'pentimento_reads_limit',
      help: 'What each account on X may read in a day',
      registers: [this.registry],
    }).set(reads.limit);
  }

  /** What is asked at every scrape of a bot that has its data folder and its accounts. */
  watch({ problems, freeBytes }: Watched): void {
    new Gauge({
      name: 'pentimento_ready',
      help: 'Whether the bot can work: 1 if it can; /readyz tells why not',
      registers: [this.registry],
      async collect() {
        this.set((await problems()).length === 0 ? 1 : 0);
      },
    });
    new Gauge({
      name: 'pentimento_disk_free_bytes',
      help: 'Room on the disk of the data folder',
      registers: [this.registry],
      async collect() {
        this.set(await freeBytes());
      },
    });
  }

  /** A picture was painted. */
  rendered(device: string, seconds: number): void {
    this.#rendered.observe({ device }, seconds);
  }

  /** A mention was answered so many seconds after it was taken in. */
  replied(answer: string, seconds: number): void {
    this.#replied.inc({ answer });
    this.#waited.observe(seconds);
  }

  /** @param kind what a program would tell failures apart by: an error's name, or a PlatformError's kind */
  failed(stage: 'listen' | 'render' | 'reply', kind: string): void {
    this.#failed.inc({ stage, kind });
  }
}
