import { EventEmitter } from 'node:events';
import { inHurry } from '../queue/hurry.js';
import type { Pending, Queue } from '../queue/queue.js';
import type { RequestStatus, StatusFeed } from './status.js';

/** The queue as one of our platforms' page sees it, with the progress of what is being painted, which the queue does not keep. */
export class QueueFeed implements StatusFeed {
  readonly #events = new EventEmitter<{ status: [RequestStatus] }>().setMaxListeners(0);
  #known = new Map<string, RequestStatus>();

  #looking = Promise.resolve();
  #next: Promise<void> | undefined;

  readonly #sketches = new Map<string, number>();

  /** @param platform whose requests are told; the others only count as being before them */
  constructor(
    private readonly queue: Queue,
    private readonly platform: string,
  ) {
    void this.#look();
    queue.on('change', () => void this.#look());
  }

  async current(): Promise<readonly RequestStatus[]> {
    await this.#look();
    return [...this.#known.values()];
  }

  subscribe(listener: (status: RequestStatus) => void): () => void {
    this.#events.on('status', listener);
    return () => this.#events.off('status', listener);
  }

  /** How far a request has come that is being painted. */
  progressOf(mention: string): { readonly progress: number; readonly sketches: number } {
    const status = this.#known.get(mention);
    const progress = status?.state === 'painting' ? status.progress : 0;
    return { progress, sketches: this.#sketches.get(mention) ?? 0 };
  }

  /** A picture has come along to a fraction, 0..1, of its work; of sketches there have been so many. */
  report(mention: string, progress: number, sketches = 0): void {
    if (this.#known.get(mention)?.state !== 'painting') return;
    this.#sketches.set(mention, sketches);
    const status = { mention, state: 'painting', progress } as const;
    this.#known.set(mention, status);
    this.#events.emit('status', status);
  }

  /** Looks into the queue: once more after what is under way, which may have begun before the newest change. */
  #look(): Promise<void> {
    this.#next ??= this.#looking.then(() => {
      this.#next = undefined;
      // Who looks next may be luckier, and whoever cannot do without the queue hears of it elsewhere. In a hurry, for others wait for it.
      return (this.#looking = inHurry(() => this.#refresh()).catch(() => undefined));
    });
    return this.#next;
  }

  async #refresh(): Promise<void> {
    const pending = await this.queue.pending();
    const before = this.#known;
    const toPaint = pending.filter(({ state }) => state !== 'answering');
    const places = new Map(toPaint.map((one, place) => [one, place]));
    const statuses = pending
      .filter(({ platform }) => platform === this.platform)
      .map((one) => this.#statusOf(one, places.get(one) ?? 0));
    this.#known = new Map(statuses.map((status) => [status.mention, status]));
    for (const mention of before.keys())
      if (!this.#known.has(mention)) {
        this.#sketches.delete(mention);
        this.#events.emit('status', { mention, state: 'answered' });
      }
    for (const status of statuses)
      if (!same(status, before.get(status.mention))) this.#events.emit('status', status);
  }

  #statusOf({ mentionId: mention, state }: Pending, ahead: number): RequestStatus {
    switch (state) {
      case 'queued':
        return { mention, state: 'queued', ahead };
      case 'rendering': {
        const before = this.#known.get(mention);
        const progress = before?.state === 'painting' ? before.progress : 0;
        return { mention, state: 'painting', progress };
      }
      case 'answering':
        return { mention, state: 'replying' };
    }
  }
}

function same(a: RequestStatus, b: RequestStatus | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
