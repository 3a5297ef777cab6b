import { openAsBlob } from 'node:fs';
import { createRestAPIClient, type mastodon } from 'masto';
import { z } from 'zod';
import type { Log } from '../../log.js';
import { download } from '../download.js';
import {
  PlatformError,
  type Cursor,
  type Mention,
  type Platform,
  type Visibility,
} from '../port.js';
import { boundedRequests } from './bounded.js';
import { catchUpFrom } from './catch-up.js';
import { notificationSchema, toMention } from './entities.js';
import { asking } from './failures.js';
import { followStream } from './stream.js';

export interface MastodonOptions {
  /** What to call this account in the queue: it must stay the same, or old mentions look new. */
  readonly name: string;
  /** https://instance.example */
  readonly url: string;
  readonly accessToken: string;
  readonly cursor: Cursor;
  readonly log: Log;
}

/** A server that does not answer within this time is not going to. Uploads may take a while. */
const TIMEOUT_MS = 60_000;
/**
 * Eighty notifications, or the answers to one mention, are a tenth of this. More would not be safe to read: eight
 * million opening brackets fill 380 MB while they are parsed.
 */
const MAX_ANSWER_BYTES = 8e6;
/** Between two catch-ups while the stream is up: for what servers forget to send. Servers allow 60 requests a minute. */
const CATCH_UP_MS = 60_000;

const selfSchema = z.object({ id: z.string() });
const instanceSchema = z.object({
  configuration: z.object({ urls: z.object({ streaming: z.string() }) }),
});
const statusSchema = z.object({ id: z.string() });
const contextSchema = z.object({
  descendants: z.array(
    z.object({
      id: z.string(),
      inReplyToId: z.string().nullish(),
      account: z.object({ id: z.string() }),
    }),
  ),
});

/**
 * Signs in to a Mastodon server (or one that speaks its API) with an account's access token.
 * @throws PlatformError
 */
export async function connectMastodon(options: MastodonOptions): Promise<Platform> {
  const { name, url, accessToken, cursor, log } = options;
  const client = createRestAPIClient({
    url,
    accessToken,
    timeout: TIMEOUT_MS,
    requestInit: boundedRequests(MAX_ANSWER_BYTES),
  });
  const { id } = await asking('signing in', async () =>
    selfSchema.parse(await client.v1.accounts.verifyCredentials()),
  );
  const self = { id, host: new URL(url).hostname };
  const streaming = await asking('reading the instance', async () =>
    instanceSchema.parse(await client.v2.instance.fetch()),
  );
  const streamUrl = new URL('/api/v1/streaming', streaming.configuration.urls.streaming).href;

  /** One notification that cannot be read must not keep us from the next. */
  const read = (payload: unknown): Mention | undefined => {
    try {
      return toMention(notificationSchema.parse(payload), self);
    } catch (error) {
      log.warn({ error }, 'a notification that cannot be read is passed over');
      return undefined;
    }
  };

  return {
    name,

    async listen(listener, signal) {
      const broken = new AbortController();
      const onNotification = (payload: unknown) => {
        const mention = read(payload);
        if (mention) listener.mentioned(mention);
      };
      const catchUp = catchUpFrom(client, cursor, onNotification);
      const tryToCatchUp = async () => {
        try {
          await catchUp();
        } catch (error) {
          if (!(error instanceof PlatformError) || error.kind === 'fatal') broken.abort(error);
          else log.warn({ error }, 'could not catch up');
        }
      };
      // The stream comes first: what arrives while catching up is then not missed.
      const timer = setInterval(() => void tryToCatchUp(), CATCH_UP_MS);
      try {
        await followStream(
          {
            url: streamUrl,
            accessToken,
            log,
            onConnected: () => void tryToCatchUp(),
            onNotification,
            onDelete: listener.deleted,
          },
          AbortSignal.any([signal, broken.signal]),
        );
      } finally {
        clearInterval(timer);
      }
      broken.signal.throwIfAborted();
    },

    download: ({ url: source }, file, maxBytes, signal) =>
      download(source, file, maxBytes, signal, { trustedOrigin: new URL(url).origin }),

    async reply(mention, { text, picture, sensitive = false }) {
      const mediaIds: string[] = [];
      if (picture) {
        const file = await openAsBlob(picture.file);
        const { id } = await asking('uploading the picture', async () =>
          statusSchema.parse(
            await client.v2.media.create({ file, description: picture.description }),
          ),
        );
        mediaIds.push(id);
      }
      const status: mastodon.rest.v1.CreateStatusParams = {
        status: `@${mention.author.handle} ${text}`,
        inReplyToId: mention.id,
        visibility: noWiderThan(mention.visibility),
        sensitive: mention.sensitive || sensitive,
        spoilerText: mention.spoiler,
        language: 'en',
        mediaIds,
      };
      return asking('replying', async () => {
        // Made from the mention and nothing of ours, so that it is the same even if our database has been lost.
        const requestInit = { headers: { 'Idempotency-Key': `pentimento-${mention.id}` } };
        return statusSchema.parse(await client.v1.statuses.create(status, { requestInit })).id;
      });
    },

    async findReply(mention) {
      const { descendants } = await asking('reading the thread', async () =>
        contextSchema.parse(await client.v1.statuses.$select(mention.id).context.fetch()),
      );
      return descendants.find(
        ({ inReplyToId, account }) => inReplyToId === mention.id && account.id === self.id,
      )?.id;
    },

    async remove(replyId) {
      try {
        await asking('removing a reply', () => client.v1.statuses.$select(replyId).remove());
      } catch (error) {
        if (!(error instanceof PlatformError) || error.kind !== 'refused') throw error;
      }
    },

    async acknowledge(mention) {
      await asking('favoriting', () => client.v1.statuses.$select(mention.id).favourite());
    },
  };
}

/** As it was asked, but what was public is answered off the public timelines, as bots should. */
function noWiderThan(visibility: Mention['visibility']): Visibility {
  return visibility === 'public' ? 'unlisted' : visibility;
}
