import { MastoHttpError, type mastodon } from 'masto';
import { createLog } from '../../../src/log.js';
import { toText } from '../../../src/platforms/mastodon/entities.js';
import { mastodonPlatform } from '../../../src/platforms/mastodon/platform.js';
import type { Cursor } from '../../../src/platforms/port.js';
import type { Network, PostOptions, Seen, Somebody } from './network.js';

/** Where our account lives, and how people there get theirs. */
export interface MastodonServer {
  /** As our account reaches it, whatever is in between. */
  readonly url: string;
  readonly accessToken: string;
  /** Our name. */
  readonly username: string;
  readonly person: (name: string) => Promise<mastodon.rest.Client>;
  readonly robot: (name: string) => Promise<mastodon.rest.Client>;
  /** Waits for a mention, where it takes a while. */
  readonly delivered?: (id: string) => Promise<void>;
}

/** A network of the contract on any server that speaks Mastodon's API. */
export function mastodonNetwork(server: MastodonServer): Network {
  const { url, accessToken, username, person, robot, delivered } = server;
  let position: string | undefined;
  const cursor: Cursor = {
    get: () => Promise.resolve(position),
    set: (id) => {
      position = id;
      return Promise.resolve();
    },
  };
  const log = createLog('silent');
  const options = { name: 'mastodon:here', url, cursor, log };
  return {
    us: `@${username}`,
    address: `${username}@${new URL(url).hostname}`,
    connect: () => mastodonPlatform({ ...options, accessToken }),
    connectInVain: () => mastodonPlatform({ ...options, accessToken: `${accessToken}x` }),
    delivered: delivered ?? (() => Promise.resolve()),
    person: async (name) => somebody(await person(name)),
    robot: async (name) => somebody(await robot(name)),
  };
}

export function somebody(rest: mastodon.rest.Client): Somebody {
  const upload = async (pictures: PostOptions['pictures'] = []) => {
    const ids = [];
    for (const [i, { data, description }] of pictures.entries()) {
      // To snac2, files of one name are one file.
      const file = new File([new Uint8Array(data)], `${i}.png`, { type: 'image/png' });
      ids.push((await rest.v2.media.create({ file, description, skipPolling: true })).id);
    }
    return ids;
  };
  return {
    post: async (status, { pictures, inReplyTo, visibility, warning } = {}) => {
      const { id } = await rest.v1.statuses.create({
        status,
        mediaIds: await upload(pictures),
        ...(inReplyTo !== undefined && { inReplyToId: inReplyTo }),
        ...(visibility && { visibility }),
        ...(warning !== undefined && { spoilerText: warning }),
      });
      return id;
    },
    edit: async (id, status) => {
      await rest.v1.statuses.$select(id).update({ status });
    },
    erase: async (id) => {
      await rest.v1.statuses.$select(id).remove();
    },
    see: async (id) => {
      try {
        return asSeen(await rest.v1.statuses.$select(id).fetch());
      } catch (error) {
        if (error instanceof MastoHttpError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
  };
}

function asSeen(status: mastodon.v1.Status): Seen {
  return {
    text: toText(status.content),
    inReplyTo: status.inReplyToId ?? undefined,
    mentions: status.mentions.map(({ acct }) => acct.split('@')[0] ?? ''),
    pictures: status.mediaAttachments.map(({ description }) => ({
      description: description ?? '',
    })),
    visibility: status.visibility,
    sensitive: status.sensitive,
    warning: status.spoilerText,
  };
}
