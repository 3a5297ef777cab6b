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
import { bounds } from './bounded.js';
import { catchUpFrom } from './catch-up.js';
import { notificationSchema, toMention } from './entities.js';
import { asking } from './failures.js';
import { streamingAddressOf } from './instance.js';
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

/** Between two catch-ups while the stream is up: for what servers forget to send. Servers allow 60 requests a minute. */
const CATCH_UP_MS = 60_000;

/** And while there is no stream, or the server has none at all: a sixth of what servers allow. */
const POLL_MS = 6000;

const selfSchema = z.object({ id: z.string(), username: z.string() });
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
  const client = createRestAPIClient({ url, accessToken, ...bounds() });
  const { id, username } = await asking('signing in', async () =>
    selfSchema.parse(await client.v1.accounts.verifyCredentials()),
  );
  const self = { id, host: new URL(url).hostname };
  const streamUrl = await streamingAddressOf(client);

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
    account: `${username}@${self.host}`,

    async listen(listener, signal) {
      const broken = new AbortController();
      const onNotification = (payload: unknown) => {
        const mention = read(payload);
        if (mention) listener.mentioned(mention);
      };
      const catchUp = catchUpFrom(client, cursor, onNotification);
      let [isStreaming, isFailing, lastTime] = [false, false, 0];
      const tryToCatchUp = async () => {
        lastTime = Date.now();
        try {
          await catchUp();
          isFailing = false;
        } catch (error) {
          if (!(error instanceof PlatformError) || error.kind === 'fatal') broken.abort(error);
          // Said once: a server may be away for a day.
          else log[isFailing ? 'debug' : 'warn']({ error }, 'could not catch up; trying again');
          isFailing = true;
        }
      };
      const stopped = AbortSignal.any([signal, broken.signal]);
      const timer = setInterval(() => {
        if (!isStreaming || Date.now() - lastTime >= CATCH_UP_MS) void tryToCatchUp();
      }, POLL_MS);
      const onConnected = (isConnected: boolean) => {
        isStreaming = isConnected;
        if (isConnected) void tryToCatchUp();
      };
      try {
        if (streamUrl === undefined) {
          await tryToCatchUp();
          await aborted(stopped);
        } else {
          // The stream comes first: what arrives while catching up is then not missed.
          const onDelete = listener.deleted;
          const options = {
            url: streamUrl,
            accessToken,
            log,
            onConnected,
            onNotification,
            onDelete,
          };
          await followStream(options, stopped);
        }
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** As it was asked, but what was public is answered off the public timelines, as bots should. */
function noWiderThan(visibility: Mention['visibility']): Visibility {
  return visibility === 'public' ? 'unlisted' : visibility;
}
