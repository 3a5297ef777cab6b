import { z } from 'zod';
import type { Attachment, Mention } from '../port.js';

/*
 * What we read of X's answers, checked. X names fields that are not wanted in no answer, so what is not asked for here is
 * not there: see FIELDS.
 */

/** What an answer is to hold of each post. What comes along may have to be paid for, so it is no more than is looked at. */
export const FIELDS = {
  expansions: 'author_id,attachments.media_keys',
  'tweet.fields':
    'attachments,author_id,entities,in_reply_to_user_id,lang,note_tweet,possibly_sensitive,referenced_tweets',
  'media.fields': 'alt_text,height,preview_image_url,type,url,width',
  'user.fields': 'description,username',
} as const;

/** How much can come along with one post: its author and four pictures. */
export const MOST_WITH_A_POST = 5;

/** X's ids are numbers of up to 64 bits. */
export const idSchema = z.string().regex(/^\d{1,20}$/);

const entitiesSchema = z.object({
  urls: z
    .array(z.object({ url: z.string(), media_key: z.string().optional().catch(undefined) }))
    .catch([]),
  mentions: z.array(z.object({ id: idSchema })).catch([]),
});

const postSchema = z.object({
  id: idSchema,
  text: z.string(),
  author_id: idSchema,
  attachments: z
    .object({ media_keys: z.array(z.string()).catch([]) })
    .optional()
    .catch(undefined),
  entities: entitiesSchema.optional().catch(undefined),
  in_reply_to_user_id: idSchema.optional().catch(undefined),
  lang: z.string().optional().catch(undefined),
  /** The whole of a long post, of which `text` is the beginning. */
  note_tweet: z.object({ text: z.string() }).optional().catch(undefined),
  possibly_sensitive: z.boolean().optional().catch(undefined),
  referenced_tweets: z
    .array(z.object({ type: z.string(), id: idSchema }))
    .optional()
    .catch(undefined),
});
export type Post = z.infer<typeof postSchema>;

const userSchema = z.object({
  id: idSchema,
  username: z.string(),
  description: z.string().optional().catch(undefined),
});
type User = z.infer<typeof userSchema>;

const mediaSchema = z.object({
  media_key: z.string(),
  type: z.string(),
  url: z.string().optional().catch(undefined),
  preview_image_url: z.string().optional().catch(undefined),
  width: z.int().positive().optional().catch(undefined),
  height: z.int().positive().optional().catch(undefined),
  alt_text: z.string().optional().catch(undefined),
});
type Media = z.infer<typeof mediaSchema>;

/** Those that can be read: one that cannot must not keep us from the others. */
function readable<T>(schema: z.ZodType<T>) {
  return z
    .array(schema.nullable().catch(null))
    .transform((all) => all.filter((one) => one !== null));
}

const includesSchema = z
  .object({
    users: readable(userSchema).catch([]),
    media: readable(mediaSchema).catch([]),
  })
  .catch({ users: [], media: [] });
export type Includes = z.infer<typeof includesSchema>;

/** One page of a list of posts, newest first. */
export const pageSchema = z.object({
  data: z.array(z.unknown()).default([]),
  includes: includesSchema.default({ users: [], media: [] }),
  meta: z.object({ next_token: z.string().optional() }),
});

/** One post that was asked for by its id; with `errors` in place of `data` if it is not there, or not for us. */
export const lookupSchema = z.object({
  data: postSchema.optional(),
  includes: includesSchema.default({ users: [], media: [] }),
  errors: z.array(z.unknown()).default([]),
});

export const userLookupSchema = z.object({ data: userSchema });

/** Of an entry in a page all that reading on takes. */
const entrySchema = z.object({ id: idSchema });

export function idOf(entry: unknown): string | undefined {
  return entrySchema.safeParse(entry).data?.id;
}

export function toPostEntity(entry: unknown): Post | undefined {
  return postSchema.safeParse(entry).data;
}

/** Who has written a post, if that has come along: not of somebody who is gone by now. */
export function authorOf({ author_id: id }: Post, { users }: Includes): User | undefined {
  return users.find((user) => user.id === id);
}

/**
 * The mention that a post is; undefined if it is one that must not be answered: our own, one that was only passed on, by
 * another bot (two polite bots would thank each other for ever), or by somebody who wants no bots.
 */
export function toMention(
  post: Post,
  author: User,
  includes: Includes,
  selfId: string,
): Mention | undefined {
  if (author.id === selfId || isRobot(author)) return undefined;
  if (post.referenced_tweets?.some(({ type }) => type === 'retweeted') === true) return undefined;
  return toPost(post, author, includes, selfId);
}

export function toPost(
  post: Post,
  { id, username }: User,
  { media }: Includes,
  selfId: string,
): Mention {
  const keys = post.attachments?.media_keys ?? [];
  const others = new Set(post.entities?.mentions.map((mentioned) => mentioned.id));
  for (const nobody of [id, selfId]) others.delete(nobody);
  const above = repliedTo(post);
  return {
    id: post.id,
    author: { id, handle: username, address: addressOf(username) },
    inReplyTo: above,
    ...(above !== undefined && { inReplyToAuthor: post.in_reply_to_user_id }),
    ...(others.size > 0 && { others: [...others] }),
    text: textOf(post),
    attachments: keys.flatMap((key) => {
      const found = media.find(({ media_key: each }) => each === key);
      return (found && toAttachment(found)) ?? [];
    }),
    visibility: 'public',
    sensitive: post.possibly_sensitive ?? false,
    spoiler: '',
    // "und", "zxx", "qme" and the like: X cannot tell.
    language: /^[a-z]{2}(-|$)/.test(post.lang ?? '') ? (post.lang ?? null) : null,
  };
}

/** As in ada@x.com: how blocks and shares name people, whatever network they are on. */
export function addressOf(username: string): string {
  return `${username}@x.com`.toLowerCase();
}

export function repliedTo({ referenced_tweets: references = [] }: Post): string | undefined {
  return references.find(({ type }) => type === 'replied_to')?.id;
}

/** X writes three characters as HTML does, and puts a link to a post's own pictures at its end. */
export function textOf({ text, note_tweet: note, entities }: Post): string {
  const links = entities?.urls.filter(({ media_key: key }) => key !== undefined) ?? [];
  const withoutPictures = links.reduce(
    (rest, { url }) => rest.replaceAll(url, ''),
    note?.text ?? text,
  );
  return withoutPictures
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trimEnd();
}

function toAttachment(media: Media): Attachment | undefined {
  const { type, url, preview_image_url: preview, width, height, alt_text: description } = media;
  // An animated GIF is a silent video to X; its preview is the first frame, as a picture.
  const source = type === 'photo' ? url : preview;
  if (source === undefined) return undefined;
  return {
    kind: type === 'photo' || type === 'animated_gif' ? 'picture' : 'other',
    url: source,
    description: description ?? '',
    ...(width !== undefined && height !== undefined && { size: { width, height } }),
  };
}

/**
 * X marks automated accounts on their page but not in its API; its rules ask them to say so in their profile, too. People
 * who want no bots have a hashtag for it there.
 */
function isRobot({ description = '' }: User): boolean {
  return /#bot\b|#nobots?\b|\bautomated (by|account)\b|\bI(’|'| a)m an? (automated |ro)?bot\b/i.test(
    description,
  );
}
