/*
 * The smallest port that every network can satisfy. Only the adapters below this folder know a network; the rest of
 * the bot knows these types.
 */

/** One account of ours on one network, ready to listen and speak. */
export interface Platform {
  /** Tells our accounts apart; part of every request's key. */
  readonly name: string;

  /**
   * Delivers every mention of us at least once, those included that came while nobody listened, until the signal
   * aborts. `accept` must have kept the mention for good when it returns; it is given repeats and must not mind.
   * @throws PlatformError of kind "fatal" when listening can never succeed, for example with a revoked token.
   */
  listen(accept: (mention: Mention) => void, signal: AbortSignal): Promise<void>;

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

  /** Answers a mention in its thread and gives the answer's id. The same key twice posts once, where possible. */
  reply(mention: Mention, reply: Reply, key: string): Promise<string>;

  /** The id of our answer to a mention, if the thread already holds one. */
  findReply(mention: Mention): Promise<string | undefined>;

  /** Shows the person, without words, that the mention was seen. */
  acknowledge(mention: Mention): Promise<void>;
}

/** A post in which somebody speaks to us, with what it takes to answer it: kept as JSON in the queue. */
export interface Mention {
  /** The post's id: opaque, unique per network. */
  readonly id: string;
  readonly author: {
    readonly id: string;
    /** As one writes it in a post to address them, without the leading @. */
    readonly handle: string;
  };
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
  /** The alt text, or ''. */
  readonly description: string;
}

/** What we say: text and at most one picture. */
export interface Reply {
  readonly text: string;
  readonly picture?: { readonly file: string; readonly description: string };
  /** Whether the picture is to be hidden until one asks to see it; it is anyway if the mention's were. */
  readonly sensitive?: boolean;
}

/** How far a place in the stream of notifications has been read; kept across restarts. */
export interface Cursor {
  get(): string | undefined;
  set(position: string): void;
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

/** A picture whose file is larger than we take. */
export class PictureTooLarge extends PlatformError {
  constructor(maxBytes: number) {
    super('refused', `a picture of more than ${maxBytes} bytes`);
  }
}
