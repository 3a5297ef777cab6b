import { z } from 'zod';
import { BudgetSpent } from '../port.js';

/*
 * What a server lets one account do in a time, kept to ahead of it: a request that would be one too many is not made,
 * and says when there is room again. Whoever shares an account (listening, answers, the favorites in between) shares
 * its budget.
 */

/** How much of each kind a server allows. */
export const rateLimitsSchema = z
  .strictObject({
    requestsPer5Minutes: z.int().min(1),
    uploadsPer30Minutes: z.int().min(1),
    postsPer3Hours: z.int().min(1),
    removalsPer30Minutes: z.int().min(1),
  })
  .readonly();
export type RateLimits = z.infer<typeof rateLimitsSchema>;

/** Mastodon's own (https://docs.joinmastodon.org/api/rate-limits/). */
export const MASTODONS_LIMITS: RateLimits = {
  requestsPer5Minutes: 300,
  uploadsPer30Minutes: 30,
  postsPer3Hours: 300,
  removalsPer30Minutes: 30,
};

const MINUTE_MS = 60_000;
/** Mastodon's windows begin at fixed times; ours end now, so that what keeps to ours keeps to every one of its. */
const KINDS = {
  request: { limit: 'requestsPer5Minutes', windowMs: 5 * MINUTE_MS, what: 'requests' },
  upload: { limit: 'uploadsPer30Minutes', windowMs: 30 * MINUTE_MS, what: 'uploads' },
  post: { limit: 'postsPer3Hours', windowMs: 180 * MINUTE_MS, what: 'posts' },
  removal: { limit: 'removalsPer30Minutes', windowMs: 30 * MINUTE_MS, what: 'removals' },
} as const;

type Kind = keyof typeof KINDS;

/** So much is kept for what people wait for: courtesies are left out first. */
const RESERVED_FOR_NEEDS = 0.25;
/** A server that wants to be left alone for longer is asked again all the same, now and then. */
const LONGEST_CLOSURE_MS = 24 * 60 * 60_000;

/** What the server says of its limits, in headers of an answer. */
export interface Said {
  readonly remaining: string | undefined;
  /** An ISO date. */
  readonly reset: string | undefined;
}

export class Budget {
  /** When each kind of request was made, oldest first, as far as it still counts. */
  readonly #spent: Record<Kind, number[]> = { request: [], upload: [], post: [], removal: [] };
  /** Until when the server has said that there is nothing left. */
  readonly #closedUntil: Record<Kind, number> = { request: 0, upload: 0, post: 0, removal: 0 };

  constructor(
    private readonly now: () => number = Date.now,
    private readonly limits: RateLimits = MASTODONS_LIMITS,
  ) {}

  /**
   * Counts a request that is about to be made.
   * @throws BudgetSpent if it would be one too many
   */
  spend(method: string, path: string): void {
    const kinds = kindsOf(method, path);
    const isCourtesy = path.endsWith('/favourite');
    for (const kind of kinds) {
      const until = this.#fullUntil(kind, isCourtesy ? 1 - RESERVED_FOR_NEEDS : 1);
      if (until > this.now()) throw new BudgetSpent(KINDS[kind].what, new Date(until));
    }
    for (const kind of kinds) this.#spent[kind].push(this.now());
  }

  /** Takes note of what an answer says is left, which counts other users of the account, too. */
  note(method: string, path: string, { remaining, reset }: Said): void {
    const until = Date.parse(reset ?? '');
    // A limit that ended in the past, or ends in years, is a clock's mistake.
    if (remaining !== '0' || !(until > this.now() && until < this.now() + LONGEST_CLOSURE_MS))
      return;
    // The headers are about the one limit that is nearest, of those that the request falls under: the narrowest.
    const kind = kindsOf(method, path).at(-1) ?? 'request';
    this.#closedUntil[kind] = until;
  }

  /** When there is room again for one more, if only this part of the limit may be used. */
  #fullUntil(kind: Kind, part: number): number {
    const { limit, windowMs } = KINDS[kind];
    const spent = this.#spent[kind];
    const now = this.now();
    // What is dated later than now is from before the clock was set back.
    while (spent[0] !== undefined && (spent[0] <= now - windowMs || spent[0] > now)) spent.shift();
    const oldestInTheWay = spent.at(-Math.floor(this.limits[limit] * part));
    return Math.max(
      this.#closedUntil[kind],
      oldestInTheWay === undefined ? 0 : oldestInTheWay + windowMs,
    );
  }
}

/** What a request counts as, the narrowest last. */
function kindsOf(method: string, path: string): readonly Kind[] {
  if (method === 'POST' && /^\/api\/v[12]\/media$/.test(path)) return ['request', 'upload'];
  if (method === 'POST' && path === '/api/v1/statuses') return ['request', 'post'];
  if (method === 'DELETE' && path.startsWith('/api/v1/statuses/')) return ['request', 'removal'];
  return ['request'];
}
