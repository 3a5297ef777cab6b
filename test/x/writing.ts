import sharp from 'sharp';
import twitter from 'twitter-text';
import { z } from 'zod';
import { json, partOf, problem, type Answer, type Asked } from './http.js';
import type { Bill } from './meter.js';
import type { Media, User, World } from './world.js';

/*
 * What the fake X's API lets one post.
 */

const postSchema = z.strictObject({
  text: z.string(),
  reply: z
    .strictObject({
      in_reply_to_tweet_id: z.string(),
      exclude_reply_user_ids: z.array(z.string()).min(1).optional(),
    })
    .optional(),
  media: z.strictObject({ media_ids: z.array(z.string()).min(1).max(4) }).optional(),
});

const initializeSchema = z.strictObject({
  media_type: z.string(),
  total_bytes: z.int().positive(),
  media_category: z.literal('tweet_image'),
});

const metadataSchema = z.strictObject({
  id: z.string(),
  metadata: z.strictObject({
    alt_text: z.strictObject({ text: z.string().min(1).max(1000) }).optional(),
    sensitive_media_warning: z
      .strictObject({
        adult_content: z.boolean(),
        graphic_violence: z.boolean(),
        other: z.boolean(),
      })
      .optional(),
  }),
});

const MOST_BYTES = 5e6;
/** The same words again are refused for a while. */
const DUPLICATE_MS = 10 * 60_000;

export class Writing {
  /** How often an upload says that it is still being looked at; and how that ends. */
  looking: { times: number; ends: 'succeeded' | 'failed' } = { times: 0, ends: 'succeeded' };
  readonly #looks = new Map<string, number>();
  readonly #said = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly bill: Bill,
  ) {}

  post(author: User, { body }: Asked): Answer {
    const { data: given } = postSchema.safeParse(parsed(body));
    if (given === undefined) return invalid('One or more parameters to your request was invalid.');
    const { text, reply } = given;
    const above = reply && this.world.posts.get(reply.in_reply_to_tweet_id);
    if (reply && above === undefined)
      return problem(
        403,
        'Forbidden',
        'You attempted to reply to a Tweet that is deleted or not visible to you.',
      );
    // Since February 2026, for whoever pays by use.
    if (above && !above.mentions.includes(author))
      return problem(
        403,
        'Forbidden',
        'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
      );
    if (!twitter.parseTweet(text).valid && given.media === undefined)
      return problem(403, 'Forbidden', 'Your Tweet text is too long.');
    if (twitter.parseTweet(text).weightedLength > 280)
      return problem(403, 'Forbidden', 'Your Tweet text is too long.');
    const media = (given.media?.media_ids ?? []).flatMap((id) => this.world.media.get(id) ?? []);
    if (
      media.length !== (given.media?.media_ids.length ?? 0) ||
      media.some((one) => !isOurs(one, author))
    )
      return invalid('Your media IDs are invalid.');
    const post = this.world.post(author, text, {
      inReplyTo: above,
      media,
      excluded: reply?.exclude_reply_user_ids ?? [],
      isByProgram: true,
    });
    // Pictures have links of their own.
    const said = `${author.id} ${post.text.replace(/ https:\/\/t\.co\/\w+$/, '')} ${media.length}`;
    if (Date.now() - (this.#said.get(said) ?? 0) < DUPLICATE_MS) {
      this.world.posts.delete(post.id);
      return problem(
        403,
        'Forbidden',
        'You are not allowed to create a Tweet with duplicate content.',
      );
    }
    this.#said.set(said, Date.now());
    const hasLink = twitter.extractUrls(text, { extractUrlsWithoutProtocol: true }).length > 0;
    this.bill.write(hasLink ? 'replyWithLink' : above ? 'reply' : 'replyUnasked');
    return json(201, { data: { id: post.id, text: post.text, edit_history_tweet_ids: [post.id] } });
  }

  remove(author: User, id: string): Answer {
    const post = this.world.posts.get(id);
    if (post === undefined) return problem(404, 'Not Found', 'There is no such post.');
    if (post.author !== author)
      return problem(403, 'Forbidden', 'You are not authorized to delete this Tweet.');
    this.world.posts.delete(id);
    return json(200, { data: { deleted: true } });
  }

  initialize(owner: User, { body }: Asked): Answer {
    const { data: given } = initializeSchema.safeParse(parsed(body));
    if (given === undefined) return invalid('One or more parameters to your request was invalid.');
    if (given.total_bytes > MOST_BYTES) return invalid('The size of the media is too large.');
    const media = this.world.upload(owner, given.media_type, given.total_bytes);
    return json(200, { data: { id: media.id, media_key: media.key, expires_after_secs: 86_400 } });
  }

  append(owner: User, id: string, asked: Asked): Answer {
    const media = this.#uploading(owner, id);
    const part = partOf(asked, 'media');
    if (media === undefined || part === undefined) return invalid('Segments do not add up.');
    media.data = Buffer.concat([media.data, part]);
    return json(200, { data: { expires_at: Math.floor(Date.now() / 1000) + 86_400 } });
  }

  async finalize(owner: User, id: string): Promise<Answer> {
    const media = this.#uploading(owner, id);
    if (media === undefined || media.data.length !== media.bytes)
      return invalid('Segments do not add up to provided total file size.');
    const { width, height, format } = await sharp(media.data).metadata();
    if (`image/${format}` !== media.type) return invalid('Invalid or missing media type.');
    media.width = width;
    media.height = height;
    media.state = this.looking.times > 0 ? 'pending' : this.looking.ends;
    return this.#status(media);
  }

  status(owner: User, id: string): Answer {
    const media = this.world.media.get(id);
    if (media?.owner !== owner.id) return problem(404, 'Not Found', 'There is no such media.');
    const looks = (this.#looks.get(id) ?? 0) + 1;
    this.#looks.set(id, looks);
    media.state = looks > this.looking.times ? this.looking.ends : 'in_progress';
    return this.#status(media);
  }

  describe(owner: User, { body }: Asked): Answer {
    const { data: given } = metadataSchema.safeParse(parsed(body));
    const media = given && this.world.media.get(given.id);
    if (given === undefined || media?.owner !== owner.id)
      return invalid('One or more parameters to your request was invalid.');
    const { alt_text: alt, sensitive_media_warning: warning } = given.metadata;
    media.altText = alt?.text ?? '';
    media.isSensitive = Object.values(warning ?? {}).includes(true);
    this.bill.write('mediaMetadata');
    return json(200, { data: { id: given.id, associated_metadata: given.metadata } });
  }

  #uploading(owner: User, id: string): Media | undefined {
    const media = this.world.media.get(id);
    return media?.owner === owner.id && media.state === 'uploading' ? media : undefined;
  }

  #status({ id, key, state }: Media): Answer {
    const isDone = state === 'succeeded';
    return json(200, {
      data: {
        id,
        media_key: key,
        ...((!isDone || this.#looks.has(id)) && {
          processing_info: {
            state,
            ...(!isDone && state !== 'failed' && { check_after_secs: 1 }),
            ...(state === 'failed' && { error: { code: 1, message: 'InvalidMedia' } }),
          },
        }),
      },
    });
  }
}

function isOurs(media: Media, author: User): boolean {
  return media.owner === author.id && media.state === 'succeeded';
}

function invalid(detail: string): Answer {
  return problem(400, 'Invalid Request', detail);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
