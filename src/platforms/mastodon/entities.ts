import { convert } from 'html-to-text';
import { z } from 'zod';
import type { Mention } from '../port.js';

/*
 * What we read of a server's answers, checked: servers of many kinds speak this API, and a proxy in between may send
 * anything. Field names are as masto gives them (camel case) or as the stream does (snake case): see `camelCased`.
 */

const accountSchema = z.object({
  id: z.string(),
  acct: z.string(),
  bot: z.boolean().optional().default(false),
});

const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() });

const attachmentSchema = z.object({
  type: z.string(),
  url: z.string(),
  description: z.string().nullish().catch(null),
  meta: z.object({ original: sizeSchema }).nullish().catch(null),
});

const statusSchema = z.object({
  id: z.string(),
  account: accountSchema,
  content: z.string(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).catch('direct'),
  sensitive: z.boolean().catch(false),
  spoilerText: z.string().catch(''),
  language: z.string().nullish().catch(null),
  inReplyToId: z.string().nullish().catch(null),
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
}

/**
 * The mention that a notification tells of; undefined if it is none, or one that must not be answered: our own, or
 * another bot's (two polite bots would thank each other for ever).
 */
export function toMention(
  { type, status }: Notification,
  { id: selfId, host }: Self,
): Mention | undefined {
  if (type !== 'mention' || !status) return undefined;
  const { account } = status;
  if (account.id === selfId || account.bot) return undefined;
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
      .map(({ type: kind, url, description, meta }) => ({
        kind: kind === 'image' || kind === 'gifv' ? 'picture' : 'other',
        url,
        description: description ?? '',
        size: meta?.original,
      })),
    visibility: status.visibility,
    sensitive: status.sensitive,
    spoiler: status.spoilerText,
    language: status.language ?? null,
  };
}

/** Ten times the longest posts that servers are known to allow; the markup of a hostile one is not read to its end. */
const MAX_HTML = 100_000;
/** Real posts nest a handful deep. The library works by recursion, and deeper nesting would exhaust the stack. */
const MAX_DEPTH = 50;

function toText(html: string): string {
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
