import type { Mention, OwnReply } from '../port.js';

/**
 * What the adapter remembers across restarts, because to ask X again would cost money: how far the mentions have been
 * read, those that nobody has been told of yet, what we have posted, and how much of today's reads is spent. Every method
 * is one transaction.
 */
export interface Ledger {
  /** Whether other processes may post for the account at this moment. */
  readonly isShared: boolean;

  /** Up to where the mentions have been read. */
  position(): Promise<string | undefined>;
  /** Keeps a page of mentions, and that it has been read. */
  keep(mentions: readonly Mention[], position: string): Promise<void>;
  /** What has been read and nobody has been told of, oldest first. */
  untold(): Promise<readonly Mention[]>;
  /** Whoever listens has kept it, too. */
  told(mentionId: string): Promise<void>;

  /** Notes that we are about to post a reply, of which nobody knows what becomes until it is settled. */
  begin(mentionId: string): Promise<Attempt>;
  /** Replies of which nobody knows whether they were posted, oldest first. */
  unsettled(): Promise<readonly Attempt[]>;
  /** It was posted, or, without a post, it surely was not. */
  settle(attempt: Attempt, post?: OwnReply): Promise<void>;
  /** What our own list of posts holds, and that all these attempts are settled by it. */
  found(posts: readonly OwnPost[], attempts: readonly Attempt[]): Promise<void>;
  /** What we have posted under a mention. */
  postsUnder(mentionId: string): Promise<readonly OwnReply[]>;
  removed(postId: string): Promise<void>;

  /** How many reads a day (of UTC, as 2026-11-24) has had. */
  spent(day: string): Promise<number>;
  /** Adds to them, unless there would be more than the limit: then it tells so by false. */
  spend(day: string, reads: number, limit: number): Promise<boolean>;
  /** Takes some of them back. */
  giveBack(day: string, reads: number): Promise<void>;
}

export interface Attempt {
  readonly key: number;
  readonly mentionId: string;
  /** When it was begun, in milliseconds since 1970. */
  readonly at: number;
  /** What it has posted, if it has, has a larger id than this. */
  readonly after: string;
}

/** A post of ours, and what it replies to. */
export interface OwnPost extends OwnReply {
  readonly mentionId: string;
}
