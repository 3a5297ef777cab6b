import { setTimeout as sleep } from 'node:timers/promises';
import type { mastodon } from 'masto';
import { z } from 'zod';
import { pictureWithin } from '../picture-within.js';
import {
  isFailure,
  PictureRefused,
  PlatformError,
  type Fence,
  type Mention,
  type Reply,
  type Visibility,
} from '../port.js';
import { shortened, withoutEnd } from '../text.js';
import { asking } from './failures.js';
import type { Limits } from './instance.js';
import type { Session } from './session.js';

/** How long a server may take to look at a picture. Small ones do it one after the other. */
const PROCESSING_MS = 120_000;
const POLL_MS = 1000;
/** What every server should take, tried when one has refused what it says that it takes. */
const MODEST: Pick<Limits, 'bytes' | 'pixels'> = { bytes: 1e6, pixels: 1280 * 1280 };

const idSchema = z.object({ id: z.string() });
const uploadSchema = z.object({ id: z.string(), url: z.string().nullish() });

/** Posts a reply and gives its id. @throws PlatformError; PictureRefused if it is the picture that is not taken */
export async function postReply(
  session: Session,
  mention: Mention,
  reply: Reply,
  fence?: Fence,
): Promise<string> {
  const { client } = session;
  const { limits } = await session.instance();
  const { text, brief, language, picture, sensitive = false, isInterim = false } = reply;
  const mediaIds = picture ? [await upload(client, picture, limits)] : [];
  // Together they must not be longer than a post; half of it is more than any warning needs.
  const spoilerText = withoutEnd(mention.spoiler, Math.floor(limits.characters / 2));
  const address = `@${mention.author.handle} `;
  const room = limits.characters - spoilerText.length - address.length;
  const status: mastodon.rest.v1.CreateStatusParams = {
    status: address + shortened(text.length <= room ? text : (brief ?? text), room),
    inReplyToId: mention.id,
    visibility: noWiderThan(mention.visibility),
    sensitive: mention.sensitive || sensitive,
    spoilerText,
    mediaIds,
    ...(language !== undefined && { language }),
  };
  return asking('replying', async () => {
    // Made from the mention and nothing of ours, so that it is the same even if our database has been lost.
    const key = `pentimento-${isInterim ? 'interim-' : ''}${mention.id}`;
    const requestInit = { headers: { 'Idempotency-Key': key } };
    // A server remembers a key for an hour, or, if it is not Mastodon's, not at all.
    await fence?.();
    return idSchema.parse(await client.v1.statuses.create(status, { requestInit })).id;
  });
}

/** Uploads a picture in a form that the server takes, and waits until it has looked at it. */
async function upload(
  client: mastodon.rest.Client,
  { description, focus, ...own }: NonNullable<Reply['picture']>,
  limits: Limits,
): Promise<string> {
  const send = async (within: Pick<Limits, 'bytes' | 'pixels'>) => {
    const picture = await pictureWithin(own, within);
    return asking('uploading the picture', async () =>
      uploadSchema.parse(
        await client.v2.media.create({
          file: picture,
          description: withoutEnd(description, limits.description),
          ...(focus && { focus: `${focus.x},${focus.y}` }),
          skipPolling: true, // masto's polling is a second slower, and for ever if the picture is lost
        }),
      ),
    );
  };
  const { id, url } = await send(limits).catch((error: unknown) => {
    if (isFailure(error, 'refused')) return send(MODEST).catch(asPictureRefused);
    throw error;
  });
  if (!url) await processed(client, id);
  return id;
}

/** Waits for an upload. That the question fails is no reason to upload it again: uploads are what servers allow least of. */
async function processed(client: mastodon.rest.Client, id: string): Promise<void> {
  const deadline = performance.now() + PROCESSING_MS;
  let last = new PlatformError('unreachable', 'the server does not get ready with the picture');
  while (performance.now() < deadline) {
    await sleep(POLL_MS);
    try {
      const { url } = await asking('waiting for the picture', async () =>
        uploadSchema.parse(await client.v1.media.$select(id).fetch()),
      );
      if (url) return;
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind === 'fatal') throw error;
      // It took the file but could not work with it: a fault of its own, and the next upload may go better.
      if (error.kind === 'refused')
        throw new PlatformError('unreachable', error.message, undefined, { cause: error });
      last = error;
    }
  }
  throw last;
}

function asPictureRefused(error: unknown): never {
  throw isFailure(error, 'refused') ? new PictureRefused(error.message, { cause: error }) : error;
}

/**
 * What was public is answered off the public timelines, as bots should. What was for the author's followers cannot be
 * answered to them: a "private" post of ours would be for our own followers, who are others.
 */
function noWiderThan(visibility: Mention['visibility']): Visibility {
  return visibility === 'public' || visibility === 'unlisted' ? 'unlisted' : 'direct';
}
