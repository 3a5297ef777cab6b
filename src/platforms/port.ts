/*
 * The smallest port that every network can satisfy. Only the adapters below this folder know a network; the rest of
 * the bot knows these types.
 */

import type { PictureKey } from '../pictures/store.js';

/** One account of ours on one network, ready to listen and speak. */
export interface Platform {
  /** Tells our accounts apart; part of every request's key. */
  readonly name: string;

  /**
   * Whose account this is, as people write it: pentimento@mastodon.example. Whoever uses the platform before is signed
   * in on the way; to ask first tells whether that works.
   * @throws PlatformError of kind "fatal" if the network does not know us
   */
  signIn(): Promise<string>;

  /**
   * Delivers every mention of us at least once, those included that came while nobody listened, until the signal
   * aborts. The listener must have kept the mention for good when it returns; it is given repeats and must not mind.
   * @throws PlatformError of kind "fatal" when listening can never succeed, for example with a revoked token; whatever
   * the listener throws.
   */
  listen(listener: Listener, signal: AbortSignal): Promise<void>;

  /** What keeps us from listening at present, in words for the operator; undefined if nothing does. */
  trouble(): string | undefined;

  /**
   * Saves an attached picture.
   * @throws PictureTooLarge if it has more than `maxBytes`, otherwise PlatformError
   */
  download(
    attachment: Attachment,
    file: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<void>;

  /** Where to put, for whoever watches, the photo as it is painted from and the picture so far; most networks cannot show them. */
  watched?(
    mention: Mention,
  ): { readonly photo: PictureKey; readonly sketch: PictureKey } | undefined;

  /**
   * Answers a mention in its thread and gives the answer's id. The same mention twice is answered once, where possible.
   * @param fence passed as the last thing before the answer goes out; where it throws, nothing is posted
   */
  reply(mention: Mention, reply: Reply, fence?: Fence): Promise<string>;

  /** The posts of ours that stand directly under a mention; where looking costs money, as far as it is not known already. */
  repliesTo(mention: Mention): Promise<readonly OwnReply[]>;

  /** A mention as it is now, for people edit and delete; undefined if it is gone. As it was, where looking costs money. */
  reread(mention: Mention): Promise<Mention | undefined>;

  /**
   * The post that a mention replies to; undefined if it replies to none, or to one that we may not see. Where looking costs
   * money, also if it is by somebody else and nobody would use it.
   */
  parentOf(mention: Mention): Promise<Mention | undefined>;

  /** Removes a reply of ours; one that is gone already is fine. @throws PlatformError, "refused" if it can not be removed */
  remove(replyId: string): Promise<void>;

  /** Shows the person, without words, that the mention was seen; where a program may not, it does nothing. */
  acknowledge(mention: Mention): Promise<void>;
}

/** Who is told what happens. */
export interface Listener {
  /** It is kept when this is done; told in the order in which they were said, each when the one before is kept. */
  readonly mentioned: (mention: Mention) => Promise<void>;
  /** A post is gone that may have been a mention of us. Told only while listening. */
  readonly deleted: (postId: string) => Promise<void>;
  /** Something went wrong, and will be tried again. */
  readonly failed: (error: PlatformError) => void;
}

/** Who has written a post. */
export interface Author {
  readonly id: string;
  /** As one writes it in a post to address them, without the leading @. */
  readonly handle: string;
  /** In full, wherever one is: ada@example.social. */
  readonly address: string;
}

/** A post, as a rule one in which somebody speaks to us, with what it takes to answer it: kept as JSON in the queue. */
export interface Mention {
  /** The post's id: opaque, unique per network. */
  readonly id: string;
  readonly author: Author;
  /** Other people whose pictures it may use, once that is understood: of the posts above it. */
  readonly picturesOf?: readonly Author[];
  /** The post that this one replies to, if it is a reply. */
  readonly inReplyTo?: string | undefined;
  /** The id of whoever wrote that post, if the network tells. */
  readonly inReplyToAuthor?: string | undefined;
  /** The ids of those whom it mentions beside us, where an answer would mention them, too, unless it says not to. */
  readonly others?: readonly string[];
  /** Plain text; paragraphs are lines. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly visibility: Visibility;
  readonly sensitive: boolean;
  /** The content warning, or ''. */
  readonly spoiler: string;
  /** ISO 639 code, if the network tells. */
  readonly language: string | null;
}

export type Visibility = 'public' | 'unlisted' | 'private' | 'direct';

export interface Attachment {
  readonly kind: 'picture' | 'other';
  readonly url: string;
  /** In pixels, if the network tells. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** The alt text, or ''. */
  readonly description: string;
  /** What must stay visible where the picture is cropped: from -1 (left, bottom) to 1 (right, top). */
  readonly focus?: Focus | undefined;
}

export interface Focus {
  readonly x: number;
  readonly y: number;
}

/** A picture that we have painted. */
export interface OwnPicture {
  readonly bytes: Buffer;
  /** Of a file of it, without an ending; no two pictures have the same. */
  readonly name: string;
}

/** What we say: text and at most one picture. */
export interface Reply {
  readonly text: string;
  /** The same in few words, for where posts are short; without it the text loses its last sentences there. */
  readonly brief?: string | undefined;
  /** ISO 639 code of the text's language, for screen readers and translators. */
  readonly language?: string;
  readonly picture?: OwnPicture & {
    readonly description: string;
    readonly focus?: Focus | undefined;
  };
  /** A word in between: the answer is still to come. */
  readonly isInterim?: boolean;
  /** Whether the picture is to be hidden until one asks to see it; it is anyway if the mention's were. */
  readonly sensitive?: boolean;
}

/** Lets through who may still answer: whoever has hung for a while may have been followed by another one. @throws Superseded */
export type Fence = () => Promise<void>;

/** A reply of ours that stands in a thread. */
export interface OwnReply {
  readonly id: string;
  /** As plain as the network tells it. */
  readonly text: string;
  readonly hasPicture: boolean;
}

/** How far a place in the stream of notifications has been read; kept across restarts. */
export interface Cursor {
  get(): Promise<string | undefined>;
  set(position: string): Promise<void>;
}

/**
 * Why a network did not do what we asked:
 * - refused: it never will; asking again is rude
 * - later: it may after a while (or at a time that it names)
 * - unreachable: nobody knows whether it did
 * - fatal: it will do nothing for us any more
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  constructor(
    readonly kind: 'refused' | 'later' | 'unreachable' | 'fatal',
    message: string,
    readonly retryAt?: Date,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether an error is a network's, and of this kind. */
export function isFailure(error: unknown, kind: PlatformError['kind']): error is PlatformError {
  return error instanceof PlatformError && error.kind === kind;
}

/** @throws Error if none of our accounts has this name: it was signed out since the queue wrote it down */
export function platformNamed(platforms: readonly Platform[], name: string): Platform {
  const platform = platforms.find((candidate) => candidate.name === name);
  if (platform === undefined) throw new Error(`${name} is not connected`);
  return platform;
}

/** We have done as much as the network allows for now; nothing was asked of it. */
export class BudgetSpent extends PlatformError {
  constructor(
    what: string,
    override readonly retryAt: Date,
  ) {
    super('later', `${what}: no more for now`, retryAt);
  }
}

/** Another one answers in our place, or nobody wants the answer any more: nothing was posted. */
export class Superseded extends PlatformError {
  constructor() {
    super('refused', 'replying: it is not ours to answer any more');
  }
}

/** The network will not take our picture, in whatever form, but may take words. */
export class PictureRefused extends PlatformError {
  constructor(message: string, options?: ErrorOptions) {
    super('refused', message, undefined, options);
  }
}

/** A picture whose file is larger than we take. */
export class PictureTooLarge extends PlatformError {
  constructor(maxBytes: number) {
    super('refused', `a picture of more than ${maxBytes} bytes`);
  }
}
