/*
 * The smallest port that every network can satisfy. Only the adapters below this folder know a network; the rest of
 * the bot knows these types.
 */

/** One account of ours on one network, ready to listen and speak. */
export interface Platform {
  /** Tells our accounts apart; part of every request's key. */
  readonly name: string;
  /** Whose account this is, as people write it: pentimento@mastodon.example */
  readonly account: string;

  /**
   * Delivers every mention of us at least once, those included that came while nobody listened, until the signal
   * aborts. The listener must have kept the mention for good when it returns; it is given repeats and must not mind.
   * @throws PlatformError of kind "fatal" when listening can never succeed, for example with a revoked token; whatever
   * the listener throws.
   */
  listen(listener: Listener, signal: AbortSignal): Promise<void>;

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

  /** Answers a mention in its thread and gives the answer's id. The same mention twice is answered once, where possible. */
  reply(mention: Mention, reply: Reply): Promise<string>;

  /** The id of our answer to a mention, if the thread already holds one. */
  findReply(mention: Mention): Promise<string | undefined>;

  /** Removes a reply of ours; one that is gone already is fine. */
  remove(replyId: string): Promise<void>;

  /** Shows the person, without words, that the mention was seen. */
  acknowledge(mention: Mention): Promise<void>;
}

/** Who is told what happens. */
export interface Listener {
  readonly mentioned: (mention: Mention) => void;
  /** A post is gone that may have been a mention of us. Told only while listening. */
  readonly deleted: (postId: string) => void;
}

/** A post in which somebody speaks to us, with what it takes to answer it: kept as JSON in the queue. */
export interface Mention {
  /** The post's id: opaque, unique per network. */
  readonly id: string;
  readonly author: {
    readonly id: string;
    /** As one writes it in a post to address them, without the leading @. */
    readonly handle: string;
    /** In full, wherever one is: ada@example.social. */
    readonly address: string;
  };
  /** The post that this one replies to, if it is a reply. */
  readonly inReplyTo?: string | undefined;
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
