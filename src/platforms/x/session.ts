import PQueue from 'p-queue';
import type { Log } from '../../log.js';
import type { PlatformError } from '../port.js';
import { XClient } from './client.js';
import type { Vault } from './credentials.js';
import type { Attempt, Ledger } from './ledger.js';
import { ReadBudget } from './reads.js';

export interface XOptions {
  /** What to call this account in the queue: it must stay the same, or old mentions look new. */
  readonly name: string;
  /** Where X's API is. */
  readonly url: string;
  /** The account's own, which X would have us pay for. */
  readonly userId: string;
  readonly vault: Vault;
  readonly ledger: Ledger;
  /** The most that may be read within a day. */
  readonly dailyReads: number;
  /** Whether posts of other people are of use. */
  readonly othersPictures: boolean;
  readonly log: Log;
}

/** An account's way to X. */
export interface Session {
  readonly options: XOptions;
  readonly client: XClient;
  readonly reads: ReadBudget;
  /** What posts, and what finds out about posts. */
  readonly posting: PQueue;
  /** Attempts of this process that are over, and of which it does not know what became. */
  readonly unclear: Set<Attempt['key']>;
  /** When X was last asked for mentions, and answered, as performance.now() has it. */
  heardAt: number | undefined;
  /** Until when there is nothing left to spend on reading. */
  spentUntil: Date | undefined;
}

export function openSession(options: XOptions): Session {
  return {
    options,
    client: new XClient(options.url, options.vault),
    reads: new ReadBudget(options.ledger, options.dailyReads),
    posting: new PQueue({ concurrency: 1 }),
    unclear: new Set(),
    heardAt: undefined,
    spentUntil: undefined,
  };
}

/** What was set aside for a question that X has refused to answer is not charged for. */
export function isUncharged(error: PlatformError): boolean {
  return error.kind !== 'unreachable' || error.cause !== undefined;
}
