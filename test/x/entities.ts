import { linkOf, type Media, type Post, type User } from './world.js';

/*
 * Posts as X's API shows them: only the fields that were asked for, and beside them what the expansions name.
 */

export interface Wanted {
  readonly expansions: ReadonlySet<string>;
  readonly tweet: ReadonlySet<string>;
  readonly user: ReadonlySet<string>;
  readonly media: ReadonlySet<string>;
}

export function wantedIn(query: URLSearchParams): Wanted {
  const set = (name: string) =>
    new Set((query.get(name) ?? '').split(',').filter((one) => one !== ''));
  return {
    expansions: set('expansions'),
    tweet: set('tweet.fields'),
    user: set('user.fields'),
    media: set('media.fields'),
  };
}

/** What comes along with posts. */
export interface Along {
  readonly users: readonly User[];
  readonly media: readonly Media[];
  readonly posts: readonly Post[];
}

export function alongWith(posts: readonly Post[], { expansions }: Wanted): Along {
  const from = <T>(expansion: string, all: (post: Post) => readonly T[]) =>
    expansions.has(expansion) ? [...new Set(posts.flatMap(all))] : [];
  return {
    users: from('author_id', ({ author }) => [author]),
    media: from('attachments.media_keys', ({ media }) => media),
    posts: from('referenced_tweets.id', ({ inReplyTo }) => (inReplyTo ? [inReplyTo] : [])),
  };
}

export function includesOf(along: Along, wanted: Wanted, origin: string): object | undefined {
  const users = along.users.map(({ id, username, description }) => ({
    id,
    username,
    name: username,
    ...(wanted.user.has('description') && { description }),
  }));
  const media = along.media.map((one) => mediaEntity(one, wanted, origin));
  const tweets = along.posts.map((post) => postEntity(post, wanted));
  const all = { users, media, tweets };
  const there = Object.entries(all).filter(([, list]) => list.length > 0);
  return there.length === 0 ? undefined : Object.fromEntries(there);
}

function mediaEntity(media: Media, { media: fields }: Wanted, origin: string): object {
  const all: Readonly<Record<string, unknown>> = {
    url: `${origin}/media/${media.id}`,
    width: media.width,
    height: media.height,
    ...(media.altText !== '' && { alt_text: media.altText }),
  };
  const asked = Object.entries(all).filter(([name]) => fields.has(name));
  return { media_key: media.key, type: 'photo', ...Object.fromEntries(asked) };
}

export function postEntity(post: Post, { tweet, expansions }: Wanted): object {
  const { id, text, author, inReplyTo, media, mentions, isSensitive, language } = post;
  const keys = media.map(({ key }) => key);
  const all: Readonly<Record<string, unknown>> = {
    author_id: author.id,
    ...(keys.length > 0 && { attachments: { media_keys: keys } }),
    ...(mentions.length + media.length > 0 && { entities: entitiesOf(post) }),
    ...(inReplyTo && {
      in_reply_to_user_id: inReplyTo.author.id,
      referenced_tweets: [{ type: 'replied_to', id: inReplyTo.id }],
    }),
    lang: language,
    possibly_sensitive: isSensitive,
  };
  // An expansion brings the field that it expands.
  const brought = new Set([...tweet, ...[...expansions].map((name) => name.split('.')[0] ?? '')]);
  const asked = Object.entries(all).filter(([name]) => brought.has(name));
  return { id, text, edit_history_tweet_ids: [id], ...Object.fromEntries(asked) };
}

function entitiesOf({ id, text, media, mentions }: Post): object {
  // X counts code points.
  const start = Array.from(text.slice(0, text.indexOf(linkOf(id)))).length;
  return {
    ...(mentions.length > 0 && {
      mentions: mentions.map((user) => ({
        id: user.id,
        username: user.username,
        start: 0,
        end: 0,
      })),
    }),
    ...(media.length > 0 && {
      urls: media.map(({ key }) => ({
        start,
        end: start + linkOf(id).length,
        url: linkOf(id),
        expanded_url: `https://x.com/i/status/${id}/photo/1`,
        display_url: `pic.x.com/${id}`,
        media_key: key,
      })),
    }),
  };
}
