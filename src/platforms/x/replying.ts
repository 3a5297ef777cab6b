import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { pictureWithin, type PictureLimits } from '../picture-within.js';
import {
  isFailure,
  PictureRefused,
  PlatformError,
  type Fence,
  type Mention,
  type OwnReply,
  type Reply,
} from '../port.js';
import { withoutEnd } from '../text.js';
import { idSchema } from './entities.js';
import { saysDuplicate, surelyUndone } from './failures.js';
import type { Attempt } from './ledger.js';
import { readOwnPosts } from './own-posts.js';
import type { Session } from './session.js';
import { fitted } from './text.js';

/** Of a picture: 5 MB (https://docs.x.com/x-api/media/quickstart/best-practices); of pixels X says nothing. */
const PICTURE = { bytes: 5e6, pixels: Infinity } as const;
/** What is tried when X has refused what it says that it takes. */
const MODEST = { bytes: 1e6, pixels: 1280 * 1280 } as const;
/** Of an alt text, in characters. */
const DESCRIPTION = 1000;
/** So long X may take to show a post in our own list. */
const APPEARS_MS = 3000;
/** No other process is at a post for so long, not even with a new access token first. */
const UNDER_WAY_MS = 5 * 60_000;

const describedSchema = z.object({ data: z.object({ id: idSchema }) });
const postedSchema = z.object({ data: z.object({ id: idSchema }) });

/**
 * Posts a reply and gives its id. It is asked for once: if nobody knows what became of it, the list of our own posts is read
 * before anything else is posted.
 * @throws PlatformError; PictureRefused if it is the picture that is not taken
 */
export function postReply(
  session: Session,
  mention: Mention,
  reply: Reply,
  fence?: Fence,
): Promise<string> {
  // One after the other: whoever finds out what became of a reply must not come upon one that is under way.
  return session.posting.add(() => postNow(session, mention, reply, fence));
}

/** What we have posted under a mention. @throws PlatformError */
export function knownReplies(session: Session, mentionId: string): Promise<readonly OwnReply[]> {
  const { client, options, posting } = session;
  const { ledger } = options;
  return posting.add(async () => {
    client.requireLetIn();
    const isUnclear = (await ledger.unsettled()).some((attempt) => attempt.mentionId === mentionId);
    if (isUnclear) await settle(session, mentionId);
    return await ledger.postsUnder(mentionId);
  });
}

async function postNow(
  session: Session,
  mention: Mention,
  reply: Reply,
  fence?: Fence,
): Promise<string> {
  const { client, options } = session;
  const { ledger } = options;
  const { picture } = reply;
  const text = fitted(reply);
  client.requireLetIn();
  await settle(session, mention.id);
  const media = picture && [await upload(session, picture, warningFor(mention, reply))];
  const attempt = await ledger.begin(mention.id);
  try {
    const { data } = await client.ask('replying', async ({ v2 }) => {
      // Nothing that may take a while comes after it: X knows no key by which it would tell a second post from the first.
      await fence?.();
      return postedSchema.parse(
        await v2.post('tweets', {
          text,
          reply: {
            in_reply_to_tweet_id: mention.id,
            // X would have the reply mention everybody whom the mention does.
            ...(mention.others && { exclude_reply_user_ids: mention.others }),
          },
          ...(media && { media: { media_ids: media } }),
        }),
      );
    });
    await ledger.settle(attempt, { id: data.id, text, hasPicture: picture !== undefined });
    return data.id;
  } catch (error) {
    if (saysDuplicate(error)) {
      // Perhaps here, and our list was late to show it.
      await settle(session, mention.id);
      const said = (await ledger.postsUnder(mention.id)).find((post) => post.text.includes(text));
      if (said !== undefined) return said.id;
    } else if (surelyUndone(error)) await ledger.settle(attempt);
    else session.unclear.add(attempt.key);
    throw error;
  }
}

/**
 * Finds out what became of replies of which nobody knows: under a mention that is ours to answer, and under others if no other
 * process can be about to post them any more. Who has lost the duty to answer may still be at one when the next has begun.
 * The sooner the better: all that has been posted since is read again, and charged for.
 * @throws PlatformError
 */
async function settle(session: Session, ourMentionId: string): Promise<void> {
  const { options, unclear } = session;
  const { ledger } = options;
  const isOver = ({ mentionId, key, at }: Attempt) =>
    !ledger.isShared ||
    mentionId === ourMentionId ||
    unclear.has(key) ||
    at + UNDER_WAY_MS < Date.now();
  const attempts = (await ledger.unsettled()).filter(isOver);
  const [first] = attempts;
  if (first === undefined) return;
  await sleep(Math.max(0, Math.min(APPEARS_MS, timeToAppear(attempts))));
  await readOwnPosts(session, first.after, attempts);
  unclear.clear();
}

function timeToAppear(attempts: readonly Attempt[]): number {
  return Math.max(...attempts.map(({ at }) => at)) + APPEARS_MS - Date.now();
}

/** Why a picture is to be hidden until one asks to see it; undefined if it is not. */
function warningFor(mention: Mention, { sensitive = false }: Reply) {
  if (!sensitive && !mention.sensitive) return undefined;
  // What we have seen ourselves is of one kind; why a mention was marked, X does not say.
  return { adult_content: sensitive, graphic_violence: false, other: !sensitive };
}

const typeSchema = z.enum(['image/jpeg', 'image/png', 'image/webp']);

/** Uploads a picture with all that must be known of it before anybody sees it; gives its id. */
async function upload(
  session: Session,
  { description, ...own }: NonNullable<Reply['picture']>,
  warning: ReturnType<typeof warningFor>,
): Promise<string> {
  const metadata = {
    ...(description !== '' && { alt_text: { text: withoutEnd(description, DESCRIPTION) } }),
    ...(warning && { sensitive_media_warning: warning }),
  };
  const send = async (limits: PictureLimits) => {
    const id = await sendPicture(session, await pictureWithin(own, limits));
    if (Object.keys(metadata).length > 0)
      await session.client.ask('describing the picture', async ({ v2 }) =>
        // A page in its place would have the picture posted without its warning.
        describedSchema.parse(await v2.post('media/metadata', { id, metadata })),
      );
    return id;
  };
  return send(PICTURE).catch((error: unknown) => {
    // Perhaps a piece of it was lost on the way.
    if (isFailure(error, 'refused')) return send(MODEST).catch(asPictureRefused);
    throw error;
  });
}

async function sendPicture({ client }: Session, picture: File): Promise<string> {
  const media_type = typeSchema.parse(picture.type);
  const data = Buffer.from(await picture.arrayBuffer());
  return client
    .ask('uploading the picture', async ({ v2 }) =>
      idSchema.parse(await v2.uploadMedia(data, { media_type, media_category: 'tweet_image' })),
    )
    .catch((error: unknown) => {
      // The library's words for a picture that X could not work with.
      if (error instanceof PlatformError && error.message.includes('Media processing failed'))
        throw new PlatformError('refused', error.message);
      throw error;
    });
}

function asPictureRefused(error: unknown): never {
  throw isFailure(error, 'refused') ? new PictureRefused(error.message, { cause: error }) : error;
}
