import { BudgetSpent } from '../port.js';
import type { Ledger } from './ledger.js';

/*
 * X charges for every resource in an answer: each post, and, as one must fear, each person and picture that comes along. How
 * many there will be is known only when they have been paid for, so the most that there can be is set aside first.
 */

const DAY_MS = 24 * 60 * 60_000;
/** An answer takes a minute at most, before which a token may have to be renewed; and clocks differ. */
const ANSWERED_WITHIN_MS = 5 * 60_000;

/** So many of a day's reads are left for finding out what became of answers, which hold up all others. */
export const KEPT_FOR_ANSWERS = 20;

/** What has been set aside for one question. */
export interface Reserved {
  /** The answer held so many; what is left over is given back. */
  readonly settle: (reads: number) => Promise<void>;
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
  async left(): Promise<number> {
    return Math.max(0, this.limit - (await this.ledger.spent(this.#today())));
  }

  /**
   * @param kept so many must be left for others
   * @throws BudgetSpent if there are not so many left
   */
  async reserve(most: number, kept = 0): Promise<Reserved> {
    const now = this.now();
    // What is asked for shortly before midnight may be answered, and so charged for, after it: it counts for either day.
    const days = [...new Set([dayOf(now), dayOf(now + ANSWERED_WITHIN_MS)])];
    const spent: string[] = [];
    for (const day of days)
      if (await this.ledger.spend(day, most, this.limit - kept)) spent.push(day);
    const giveBack = async (reads: number) => {
      for (const day of spent) await this.ledger.giveBack(day, reads);
    };
    if (spent.length < days.length) {
      await giveBack(most);
      throw new BudgetSpent('reads of X', this.nextDay());
    }
    return { settle: (reads) => giveBack(Math.max(0, most - reads)) };
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
