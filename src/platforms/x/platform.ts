import { z } from 'zod';
import { download } from '../download.js';
import { isFailure, PlatformError, type Mention, type Platform } from '../port.js';
import { remembered } from '../remembered.js';
import {
  addressOf,
  authorOf,
  FIELDS,
  lookupSchema,
  MOST_WITH_A_POST,
  toPost,
  userLookupSchema,
} from './entities.js';
import { saysMissing } from './failures.js';
import { listenTo, troubleOf } from './listening.js';
import { KEPT_FOR_ANSWERS } from './reads.js';
import { knownReplies, postReply } from './replying.js';
import { isUncharged, openSession, type Session, type XOptions } from './session.js';

const removedSchema = z.object({ data: z.object({ deleted: z.literal(true) }) });

/** An account on X. Whatever can be known without asking is not asked, for X charges for its answers. */
export function xPlatform(options: XOptions): Platform {
  const session = openSession(options);
  const { client } = session;
  const { ledger, userId } = options;
  const signIn = remembered(() => whoWeAre(session));

  return {
    name: options.name,

    signIn,

    listen: (listener, signal) => listenTo(session, listener, signal),

    trouble: () => troubleOf(session),

    download: ({ url }, file, maxBytes, signal) =>
      download(url, file, maxBytes, signal, { trustedOrigin: new URL(options.url).origin }),

    reply: (mention, reply, fence) => postReply(session, mention, reply, fence),

    repliesTo: ({ id }) => knownReplies(session, id),

    reread: (mention) => Promise.resolve(mention),

    async parentOf({ inReplyTo, inReplyToAuthor: author, author: { id } }) {
      if (inReplyTo === undefined) return undefined;
      const isOfUse = author === undefined || author === id || author === userId;
      return isOfUse || options.othersPictures ? postWith(session, inReplyTo) : undefined;
    },

    async remove(replyId) {
      await client
        .ask('removing a reply', async ({ v2 }) =>
          removedSchema.parse(await v2.deleteTweet(replyId)),
        )
        .catch((error: unknown) => {
          if (!saysMissing(error)) throw error;
        });
      await ledger.removed(replyId);
    },

    // X has taken favorites away from programs (changelog of 16 April 2026).
    acknowledge: () => Promise.resolve(),
  };
}

/** Our address. Asked of X, for that tells whether it lets us in. */
async function whoWeAre({ client, reads, options }: Session): Promise<string> {
  const { settle } = await reads.reserve(1);
  try {
    const { data } = await client.ask('signing in', async ({ v2 }) =>
      userLookupSchema.parse(await v2.get('users/me')),
    );
    if (data.id !== options.userId)
      throw new PlatformError('fatal', 'signing in: this is the key to another account');
    return addressOf(data.username);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (isUncharged(error)) await settle(0);
    // However X puts it: it does not let us in.
    if (error.kind === 'refused')
      throw new PlatformError('fatal', error.message, undefined, { cause: error.cause });
    throw error;
  }
}

/** A post with its pictures; undefined if it is not there, or not for us. @throws PlatformError */
async function postWith(session: Session, id: string): Promise<Mention | undefined> {
  const { client, reads, options } = session;
  const { settle } = await reads.reserve(1 + MOST_WITH_A_POST, KEPT_FOR_ANSWERS);
  try {
    const { data, includes } = await client.ask('reading a post', async ({ v2 }) =>
      lookupSchema.parse(await v2.get(`tweets/${id}`, FIELDS)),
    );
    await settle(data === undefined ? 0 : 1 + includes.users.length + includes.media.length);
    const author = data && authorOf(data, includes);
    return author && toPost(data, author, includes, options.userId);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (isUncharged(error)) await settle(0);
    if (isFailure(error, 'refused')) return undefined;
    throw error;
  }
}
