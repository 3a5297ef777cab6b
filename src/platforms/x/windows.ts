import type { TwitterRateLimit } from 'twitter-api-v2';
import { BudgetSpent } from '../port.js';

/*
 * X limits each endpoint by itself and says in every answer how much is left, and until when that holds. Where nothing is
 * left nothing is asked: each refusal would count against the account.
 */

/** A limit that ends later is a clock's mistake; X's last a day at most. */
const LONGEST_MS = 24 * 60 * 60_000;

export class Windows {
  /** When each endpoint opens again, in milliseconds since 1970. */
  readonly #closedUntil = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @throws BudgetSpent if X has said that there is nothing left for this */
  requireRoom(method: string, path: string): void {
    const until = this.#closedUntil.get(endpointOf(method, path)) ?? 0;
    if (until > this.now()) throw new BudgetSpent(`${method} ${path}`, new Date(until));
  }

  /** Takes note of what an answer says. */
  note(method: string, path: string, limit: TwitterRateLimit | undefined): void {
    const ends = [limit, limit?.day, limit?.userDay].flatMap((each) =>
      each?.remaining === 0 ? [each.reset * 1000] : [],
    );
    const until = Math.max(0, ...ends);
    if (until > this.now() && until < this.now() + LONGEST_MS)
      this.#closedUntil.set(endpointOf(method, path), until);
  }
}

/** The same for all ids. */
function endpointOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\/\d+/g, '/:id')}`;
}
