import { onTestFinished } from 'vitest';
import { createLog } from '../../../src/log.js';
import type { OAuth1, Vault } from '../../../src/platforms/x/credentials.js';
import { xPlatform } from '../../../src/platforms/x/platform.js';
import type { XOptions } from '../../../src/platforms/x/session.js';
import { newPlace, queueAt } from '../queue.js';
import { secret } from '../secrets.js';
import { attached } from '../../x/attached.js';
import { FakeX, type FakeXOptions } from '../../x/server.js';
import type { User } from '../../x/world.js';
import type { Network, Somebody } from './network.js';

export interface XNetwork extends Network {
  readonly x: FakeX;
  readonly connectWith: (options: Partial<XOptions>) => ReturnType<Network['connect']>;
  /** Ours. */
  readonly self: User;
}

/** A network of the contract on a fake X of its own, which the real client reaches over a real socket. */
export async function xNetwork(options: FakeXOptions = {}): Promise<XNetwork> {
  const x = await new FakeX(options).open();
  onTestFinished(() => x.close());
  const self = x.world.user('pentimento');
  const { key: appKey, secret: appSecret } = x.door.app;
  const tokens = x.door.tokensFor(self);
  const queue = queueAt(newPlace());
  const name = 'x:pentimento@x.com';
  const connectWith = (more: Partial<XOptions>) =>
    xPlatform({
      name,
      url: x.url,
      userId: self.id,
      vault: vaultWith({ method: 'oauth1', appKey, appSecret, ...tokens }),
      ledger: queue.ledger(name),
      dailyReads: 1e6,
      othersPictures: false,
      log: createLog('silent'),
      ...more,
    });
  const wrong = secret('access token', `${tokens.accessSecret}x`);
  return {
    x,
    self,
    us: '@pentimento',
    address: 'pentimento@x.com',
    connectWith,
    connect: () => connectWith({}),
    connectInVain: () =>
      connectWith({
        vault: vaultWith({ method: 'oauth1', appKey, appSecret, ...tokens, accessSecret: wrong }),
      }),
    delivered: () => Promise.resolve(),
    person: (username) => Promise.resolve(somebody(x, x.world.user(username))),
    robot: (username) =>
      Promise.resolve(somebody(x, x.world.user(username, 'Automated by @ben. I repeat things.'))),
  };
}

function vaultWith(credentials: OAuth1): Vault {
  return { credentials: () => credentials, renewed: () => Promise.resolve(credentials) };
}

export function somebody({ world }: FakeX, user: User): Somebody {
  return {
    post: async (text, { pictures = [], inReplyTo } = {}) => {
      const media = [];
      for (const picture of pictures) media.push(await attached(world, user, picture));
      const above = inReplyTo === undefined ? undefined : world.posts.get(inReplyTo);
      return world.post(user, text, { media, inReplyTo: above }).id;
    },
    edit: () => Promise.reject(new Error('whoever edits on X makes a new post')),
    erase: (id) => {
      world.posts.delete(id);
      return Promise.resolve();
    },
    see: (id) => {
      const post = world.posts.get(id);
      return Promise.resolve(
        post && {
          text: post.text,
          inReplyTo: post.inReplyTo?.id,
          mentions: post.mentions.map(({ username }) => username),
          pictures: post.media.map(({ altText }) => ({ description: altText })),
          visibility: 'public',
          sensitive: post.isSensitive,
          warning: '',
        },
      );
    },
  };
}
