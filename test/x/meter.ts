import { PRICES } from '../../src/platforms/x/prices.js';

/*
 * What the fake X counts: how often each endpoint is asked (https://docs.x.com/x-api/fundamentals/rate-limits), and what its
 * answers cost (https://docs.x.com/x-api/getting-started/pricing): whatever is in them, once a day.
 */

export type Endpoint =
  | 'me'
  | 'mentions'
  | 'own posts'
  | 'lookup'
  | 'post'
  | 'removal'
  | 'upload'
  | 'media status'
  | 'metadata';

/** For each user, within a quarter of an hour. */
export const X_LIMITS: Readonly<Record<Endpoint, number>> = {
  me: 75,
  mentions: 300,
  'own posts': 900,
  lookup: 900,
  post: 100,
  removal: 50,
  upload: 1875,
  'media status': 1000,
  metadata: 500,
};

export class RateWindows {
  readonly #windows = new Map<string, { used: number; readonly ends: number }>();

  constructor(
    readonly limits: Readonly<Record<Endpoint, number>>,
    private readonly windowMs: number,
  ) {}

  /** Counts a request; tells whether it is allowed, and what to say of it in headers. */
  use(user: string, endpoint: Endpoint): { allowed: boolean; headers: Record<string, string> } {
    const key = `${user} ${endpoint}`;
    const limit = this.limits[endpoint];
    let window = this.#windows.get(key);
    if (window === undefined || window.ends <= Date.now()) {
      // X says when in whole seconds.
      window = { used: 0, ends: Math.ceil((Date.now() + this.windowMs) / 1000) * 1000 };
      this.#windows.set(key, window);
    }
    const allowed = window.used < limit;
    if (allowed) window.used++;
    return {
      allowed,
      headers: {
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': String(limit - window.used),
        'x-rate-limit-reset': String(window.ends / 1000),
      },
    };
  }
}

export type Priced = keyof typeof PRICES;
const READS: readonly Priced[] = ['ownedRead', 'post', 'user', 'media'];

/** What has been charged. */
export class Bill {
  readonly counts = new Map<Priced, number>();
  readonly #charged = new Set<string>();
  /** Resources in answers, those included that were charged before. */
  delivered = 0;

  read(kind: Priced, id: string): void {
    this.delivered++;
    // Within a day of UTC nothing is charged for twice.
    const key = `${kind === 'ownedRead' ? 'post' : kind} ${id} ${new Date().toISOString().slice(0, 10)}`;
    if (this.#charged.has(key)) return;
    this.#charged.add(key);
    this.write(kind);
  }

  write(kind: Priced): void {
    this.counts.set(kind, this.count(kind) + 1);
  }

  count(kind: Priced): number {
    return this.counts.get(kind) ?? 0;
  }

  /** Of everything that was read. */
  get reads(): number {
    return READS.reduce((sum, kind) => sum + this.count(kind), 0);
  }

  get dollars(): number {
    return [...this.counts].reduce((sum, [kind, n]) => sum + n * PRICES[kind], 0);
  }
}
