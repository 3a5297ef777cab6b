import { convert } from 'html-to-text';
import { z } from 'zod';
import type { Attachment, Mention } from '../port.js';

/*
 * What we read of a server's answers, checked: servers of many kinds speak this API, and a proxy in between may send
 * anything. Field names are as masto gives them (camel case) or as the stream does (snake case): see `camelCased`.
 */

const accountSchema = z.object({
  id: z.string(),
  acct: z.string(),
  bot: z.boolean().optional().default(false),
  /** What people write about themselves, in HTML. */
  note: z.string().nullish().catch(null),
});

const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() });

/** From -1 (left, bottom) to 1 (right, top). */
const focusSchema = z.object({ x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) });

const attachmentSchema = z.object({
  type: z.string(),
  /** The server's own copy, even of what came from another one; null if it has none. */
  url: z.string().nullish(),
  previewUrl: z.string().nullish().catch(null),
  remoteUrl: z.string().nullish().catch(null),
  description: z.string().nullish().catch(null),
  meta: z
    .object({
      original: sizeSchema.optional().catch(undefined),
      focus: focusSchema.optional().catch(undefined),
    })
    .nullish()
    .catch(null),
});
type MediaAttachment = z.infer<typeof attachmentSchema>;

export const statusSchema = z.object({
  id: z.string(),
  account: accountSchema,
  content: z.string(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).catch('direct'),
  sensitive: z.boolean().catch(false),
  spoilerText: z.string().catch(''),
  language: z.string().nullish().catch(null),
  inReplyToId: z.string().nullish().catch(null),
  /** Of servers that know posts for their own people only: glitch-soc, Hometown, GoToSocial. */
  localOnly: z.boolean().nullish().catch(true),
  // Without those that cannot be read.
  mediaAttachments: z.array(attachmentSchema.nullable().catch(null)).catch([]),
});

export const notificationSchema = z.object({
  id: z.string(),
  type: z.string(),
  createdAt: z.string().optional(),
  status: statusSchema.nullish(),
});
export type Notification = z.infer<typeof notificationSchema>;

/** Our account. */
export interface Self {
  readonly id: string;
  /** The server's name, which the handles of accounts there do without. */
  readonly host: string;
  /** pentimento@mastodon.example */
  readonly address: string;
}

/**
 * The mention that a notification tells of; undefined if it is none, or one that must not be answered: our own, another
 * bot's (two polite bots would thank each other for ever), or of somebody who wants no bots.
 */
export function toMention({ type, status }: Notification, self: Self): Mention | undefined {
  if (type !== 'mention' || !status) return undefined;
  const { account } = status;
  if (account.id === self.id || account.bot || wantsNoBots(account.note)) return undefined;
  return toPost(status, self.host);
}

/** @param host the name of our server */
export function toPost(status: z.infer<typeof statusSchema>, host: string): Mention {
  const { account } = status;
  return {
    id: status.id,
    author: {
      id: account.id,
      handle: account.acct,
      address: account.acct.includes('@') ? account.acct : `${account.acct}@${host}`,
    },
    inReplyTo: status.inReplyToId ?? undefined,
    text: toText(status.content),
    attachments: status.mediaAttachments
      .filter((attachment) => attachment !== null)
      .flatMap((attachment) => toAttachment(attachment) ?? []),
    // What must stay on our server is answered to its author alone: no other visibility is sure to stay there.
    visibility: status.localOnly === true ? 'direct' : status.visibility,
    sensitive: status.sensitive,
    spoiler: status.spoilerText,
    language: status.language ?? null,
  };
}

function toAttachment(attachment: MediaAttachment): Attachment | undefined {
  const { type, url, previewUrl, remoteUrl, description, meta } = attachment;
  // Servers make a silent video of an animated GIF; its preview is the first frame, as a picture.
  const source = type === 'gifv' ? (previewUrl ?? url) : (url ?? remoteUrl);
  if (!source) return undefined;
  return {
    // Of what a server has not looked at it says "unknown"; most of what people attach are pictures.
    kind: ['image', 'gifv', 'unknown'].includes(type) ? 'picture' : 'other',
    url: source,
    description: description ?? '',
    size: meta?.original,
    focus: meta?.focus,
  };
}

/** People say so in their profile, as a hashtag. */
export function wantsNoBots(note: string | null | undefined): boolean {
  return note !== undefined && note !== null && /#nobots?\b/i.test(toText(note));
}

/** Ten times the longest posts that servers are known to allow; the markup of a hostile one is not read to its end. */
const MAX_HTML = 100_000;
/** Real posts nest a handful deep. The library works by recursion, and deeper nesting would exhaust the stack. */
const MAX_DEPTH = 50;

export function toText(html: string): string {
  return convert(html.slice(0, MAX_HTML), {
    wordwrap: false,
    limits: { maxDepth: MAX_DEPTH },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'p', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ],
  });
}

/**
 * The stream's JSON with its keys as masto writes them: spoiler_text → spoilerText.
 * @throws RangeError if it is nested some thousand levels deep
 */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(inner),
    ]),
  );
}
