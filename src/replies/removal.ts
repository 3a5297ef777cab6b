import type { Mention, Platform } from '../platforms/port.js';
import { requestOf, shown } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { hasHeardEnough } from '../queue/quotas.js';
import { forgetNow } from '../queue/retention.js';
import { sentenceFor } from './sentences.js';

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
  folder: string,
): Promise<string | undefined> {
  const { database } = queue;
  const id = requestOf(database, platform.name, mention.author.id, postId);
  const request = id === undefined ? undefined : shown(database, id);
  if (request === undefined) {
    const who = { platform: platform.name, person: mention.author.id };
    if (hasHeardEnough(database, who, Date.now())) return undefined;
    const text = sentenceFor(
      { type: 'refused', refusal: { type: 'nothing to delete' } },
      undefined,
    );
    const [earlier] = await platform.repliesTo(mention);
    return earlier?.id ?? platform.reply(mention, { text });
  }
  queue.cancel(platform.name, request.mentionId);
  if (request.replyId !== undefined) await platform.remove(request.replyId);
  await forgetNow(database, folder, request.id);
  return undefined;
}
