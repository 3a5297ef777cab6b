import { BudgetSpent } from '../port.js';
import type { Ledger } from './ledger.js';

/*
 * X charges for every resource in an answer: each post, and, as one must fear, each person and picture that comes along. How
 * many there will be is known only when they have been paid for, so the most that there can be is set aside first.
 */

const DAY_MS = 24 * 60 * 60_000;

/** What has been set aside for one question. */
export interface Reserved {
  /** The answer held so many; what is left over is given back. */
  readonly settle: (reads: number) => void;
}

/** The reads of a day, which begins at midnight UTC, as X's does. It is never overrun. */
export class ReadBudget {
  constructor(
    private readonly ledger: Pick<Ledger, 'spent' | 'spend' | 'giveBack'>,
    /** Of a day. */
    readonly limit: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** How many there are left today. */
  left(): number {
    return Math.max(0, this.limit - this.ledger.spent(this.#today()));
  }

  /** @throws BudgetSpent if there are not so many left */
  reserve(most: number): Reserved {
    const day = this.#today();
    if (!this.ledger.spend(day, most, this.limit))
      throw new BudgetSpent('reads of X', this.nextDay());
    return { settle: (reads) => this.ledger.giveBack(day, Math.max(0, most - reads)) };
  }

  nextDay(): Date {
    return new Date((Math.floor(this.now() / DAY_MS) + 1) * DAY_MS);
  }

  #today(): string {
    return dayOf(this.now());
  }
}

/** @param ms since 1970 */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
