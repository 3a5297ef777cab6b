import type { PictureStore } from '../pictures/store.js';
import {
  isFailure,
  type Fence,
  type Mention,
  type Platform,
  type PlatformError,
} from '../platforms/port.js';
import { mentionBehind, requestOf, shown, type Listed } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { hasHeardEnough } from '../queue/quotas.js';
import { forgetNow } from '../queue/retention.js';
import { languageFor, sentenceFor } from './sentences.js';

/**
 * Undoes what a person asked for earlier: what is pending is cancelled, our reply removed, the files and words
 * forgotten. That it is gone is answer enough; only who asks for something that is not theirs is told so. Safe to do
 * again after a crash. Gives the id of our reply, if it took one.
 */
export async function remove(
  platform: Platform,
  mention: Mention,
  postId: string,
  queue: Queue,
  pictures: PictureStore,
  fence: Fence,
): Promise<string | undefined> {
  const { database } = queue;
  const id = await requestOf(database, platform.name, mention.author.id, postId);
  const request = id === undefined ? undefined : await shown(database, id);
  if (request === undefined) {
    const who = { platform: platform.name, person: mention.author.id };
    if (await hasHeardEnough(database, who, Date.now())) return undefined;
    const text = sentenceFor(
      { type: 'refused', refusal: { type: 'nothing to delete' } },
      undefined,
      mention,
    );
    const [earlier] = await platform.repliesTo(mention);
    return earlier?.id ?? platform.reply(mention, { text, language: languageFor(mention) }, fence);
  }
  await queue.cancel(platform.name, request.mentionId);
  let refusal: PlatformError | undefined;
  for (const post of await ourPosts(platform, queue, request))
    try {
      await platform.remove(post);
    } catch (error) {
      if (!isFailure(error, 'refused')) throw error;
      refusal = error; // what can be forgotten is, all the same
    }
  await forgetNow(database, pictures, request.id);
  if (refusal !== undefined) throw refusal;
  return undefined;
}

/** Ours under a mention: those that we know of, and those that were posted without our learning so. */
async function ourPosts(
  platform: Platform,
  { database }: Queue,
  { id, replyId, interimId }: Listed,
): Promise<readonly string[]> {
  const known = [replyId, interimId].flatMap((post) => post ?? []);
  const mention = await mentionBehind(database, id);
  if (replyId !== undefined || mention === undefined) return known;
  try {
    const found = await platform.repliesTo(mention);
    return [...new Set([...known, ...found.map((reply) => reply.id)])];
  } catch (error) {
    // The thread is gone with the post that began it.
    if (isFailure(error, 'refused')) return known;
    throw error;
  }
}
