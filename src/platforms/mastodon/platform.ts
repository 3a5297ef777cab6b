import { z } from 'zod';
import { download } from '../download.js';
import { isFailure, PlatformError, type Mention, type Platform } from '../port.js';
import { statusSchema, toPost, toText, wantsNoBots } from './entities.js';
import { asking, saysMissing } from './failures.js';
import { listenTo, troubleOf } from './listening.js';
import { postReply } from './replying.js';
import { openSession, type MastodonOptions } from './session.js';

const repliesSchema = z.object({
  descendants: z.array(
    z.object({
      id: z.string(),
      inReplyToId: z.string().nullish(),
      account: z.object({ id: z.string() }),
      content: z.string().catch(''),
      mediaAttachments: z.array(z.unknown()).catch([]),
    }),
  ),
});

/** An account on a Mastodon server, or one that speaks its API. Nothing is asked of the server before it is needed. */
export function mastodonPlatform(options: MastodonOptions): Platform {
  const session = openSession(options);
  const { client, self, signIn } = session;

  /**
   * What is asked for of a post; undefined if the post is not there, or not for us. Some servers say that by a page, as does
   * a proxy in front of a server that is away: it is believed if the server lets us in at that moment.
   * @throws PlatformError
   */
  const ofPost = async <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await asking(what, ask);
    } catch (error) {
      const missing = saysMissing(error);
      if (missing === 'by a page') await signIn();
      if (missing !== undefined) return undefined;
      // Why else it may not be read, for lack of a right or for a proxy's reasons, says nothing of whether it is there.
      if (isFailure(error, 'refused'))
        throw new PlatformError('unreachable', error.message, undefined, { cause: error });
      throw error;
    }
  };

  const statusOf = (id: string) =>
    ofPost('reading a post', async () =>
      statusSchema.parse(await client.v1.statuses.$select(id).fetch()),
    );
  const post = async (id: string): Promise<Mention | undefined> => {
    const { host } = await self();
    const status = await statusOf(id);
    return status && toPost(status, host);
  };

  return {
    name: options.name,

    signIn: async () => (await self()).address,

    async listen(listener, signal) {
      try {
        await listenTo(session, listener, signal);
      } catch (error) {
        session.isShutOut = isFailure(error, 'fatal');
        throw error;
      }
    },

    trouble: () => troubleOf(session),

    download: ({ url }, file, maxBytes, signal) =>
      download(url, file, maxBytes, signal, { trustedOrigin: new URL(options.url).origin }),

    reply: (mention, reply, fence) => postReply(session, mention, reply, fence),

    async repliesTo(mention) {
      const { id: selfId } = await self();
      const thread = await ofPost('reading the thread', async () =>
        repliesSchema.parse(await client.v1.statuses.$select(mention.id).context.fetch()),
      );
      if (thread === undefined) throw new PlatformError('refused', 'the post is gone');
      return thread.descendants
        .filter(({ inReplyToId, account }) => inReplyToId === mention.id && account.id === selfId)
        .map(({ id, content, mediaAttachments }) => ({
          id,
          text: toText(content),
          hasPicture: mediaAttachments.length > 0,
        }));
    },

    reread: (mention) => post(mention.id),

    async parentOf({ inReplyTo }) {
      if (inReplyTo === undefined) return undefined;
      const { host } = await self();
      const status = await statusOf(inReplyTo);
      return status && !wantsNoBots(status.account.note) ? toPost(status, host) : undefined;
    },

    async remove(replyId) {
      const removed = await ofPost('removing a reply', () =>
        client.v1.statuses.$select(replyId).remove(),
      );
      if (removed === undefined && (await post(replyId)) !== undefined)
        throw new PlatformError('refused', 'the server does not remove posts');
    },

    async acknowledge(mention) {
      await asking('favoriting', () => client.v1.statuses.$select(mention.id).favourite());
    },
  };
}
