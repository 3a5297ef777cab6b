import type { Platform, Visibility } from '../../../src/platforms/port.js';

/** A network as the contract suite sees it: our account there, and people who post. */
export interface Network {
  /** Our account; each time as after a restart of the bot, which goes on where it was. */
  readonly connect: () => Platform;
  /** Our account with a token that does not hold. */
  readonly connectInVain: () => Platform;
  /** How people address us, with the @ in front. */
  readonly us: string;
  /** Our account in full: pentimento@example.social. */
  readonly address: string;
  readonly person: (name: string) => Promise<Somebody>;
  /** Waits until a post that mentions us has reached us: whether or not we listen. */
  readonly delivered: (id: string) => Promise<void>;
  /** Another bot, marked as one. */
  readonly robot: (name: string) => Promise<Somebody>;
}

export interface Somebody {
  /** Posts a text, with pictures and their alt texts; gives the post's id. */
  readonly post: (text: string, options?: PostOptions) => Promise<string>;
  readonly edit: (id: string, text: string) => Promise<void>;
  readonly erase: (id: string) => Promise<void>;
  /** A post as this person sees it; undefined if it is not there, or not for them. */
  readonly see: (id: string) => Promise<Seen | undefined>;
}

export interface PostOptions {
  readonly pictures?: readonly { readonly data: Buffer; readonly description: string }[];
  readonly inReplyTo?: string;
  readonly visibility?: Visibility;
  readonly warning?: string;
}

export interface Seen {
  readonly text: string;
  readonly inReplyTo: string | undefined;
  /** By name, without a host. */
  readonly mentions: readonly string[];
  readonly pictures: readonly { readonly description: string }[];
  readonly visibility: Visibility;
  readonly sensitive: boolean;
  readonly warning: string;
}

/** What not every network can do: what a network cannot is not asked of it. */
export type Ability =
  | 'posts for few'
  | 'editing'
  | 'removal'
  | 'order'
  | 'many posts'
  | 'warnings'
  | 'deletions told'
  | 'keys honored'
  | 'thread guarded';
