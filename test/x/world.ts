import { randomBytes } from 'node:crypto';

/*
 * What is on the fake X: people, posts and pictures. It knows nothing of HTTP.
 */

export interface User {
  readonly id: string;
  readonly username: string;
  readonly description: string;
}

export interface Media {
  readonly id: string;
  readonly key: string;
  readonly owner: string;
  readonly type: string;
  readonly bytes: number;
  data: Buffer;
  state: 'uploading' | 'pending' | 'in_progress' | 'succeeded' | 'failed';
  width: number;
  height: number;
  altText: string;
  isSensitive: boolean;
}

export interface Post {
  readonly id: string;
  readonly author: User;
  /** As X stores it: for HTML, with the names of whom a reply is to before it, and a link for its pictures after it. */
  readonly text: string;
  readonly inReplyTo: Post | undefined;
  readonly media: readonly Media[];
  /** Everybody whom it mentions, in its text or because it is a reply. */
  readonly mentions: readonly User[];
  readonly isSensitive: boolean;
  readonly language: string;
}

export interface PostOptions {
  readonly inReplyTo?: Post | undefined;
  readonly media?: readonly Media[];
  /** Who is not to be mentioned although a reply would. */
  readonly excluded?: readonly string[];
  /** Whether whom it replies to is put before its text: X does so for programs. */
  readonly isByProgram?: boolean;
  readonly language?: string;
}

/** X's ids begin with the milliseconds since this. */
const EPOCH_MS = 1288834974657n;

export class World {
  readonly users = new Map<string, User>();
  readonly posts = new Map<string, Post>();
  readonly media = new Map<string, Media>();
  /** Of these nothing is told any more, although their posts may still be in lists. */
  readonly suspended = new Set<User>();
  #lastId = 0n;

  /** A snowflake: larger than all before. */
  nextId(): string {
    const now = (BigInt(Date.now()) - EPOCH_MS) << 22n;
    this.#lastId = now > this.#lastId ? now : this.#lastId + 1n;
    return String(this.#lastId);
  }

  /** Somebody by their name, who is there as soon as they are asked for. */
  user(username: string, description = ''): User {
    const known = this.named(username);
    if (known) return known;
    const user = { id: this.nextId(), username, description };
    this.users.set(user.id, user);
    return user;
  }

  named(username: string): User | undefined {
    const name = username.toLowerCase();
    return [...this.users.values()].find((user) => user.username.toLowerCase() === name);
  }

  post(author: User, written: string, options: PostOptions = {}): Post {
    const { inReplyTo, media = [], excluded = [], isByProgram = false, language = 'en' } = options;
    const id = this.nextId();
    const named = [...written.matchAll(/@(\w+)/g)].flatMap(
      ([, name]) => this.named(name ?? '') ?? [],
    );
    const addressed = inReplyTo
      ? [inReplyTo.author, ...inReplyTo.mentions].filter(
          (user, i, all) =>
            user !== author && !excluded.includes(user.id) && all.indexOf(user) === i,
        )
      : [];
    const before = isByProgram ? addressed.map(({ username }) => `@${username} `).join('') : '';
    const escaped = written.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const after = media.length > 0 ? ` ${linkOf(id)}` : '';
    const post: Post = {
      id,
      author,
      text: before + escaped + after,
      inReplyTo,
      media,
      mentions: [...new Set([...addressed, ...named])],
      isSensitive: media.some((each) => each.isSensitive),
      language,
    };
    this.posts.set(id, post);
    return post;
  }

  upload(owner: User, type: string, bytes: number): Media {
    const id = this.nextId();
    const media: Media = {
      id,
      key: `3_${id}`,
      owner: owner.id,
      type,
      bytes,
      data: Buffer.alloc(0),
      state: 'uploading',
      width: 0,
      height: 0,
      altText: '',
      isSensitive: false,
    };
    this.media.set(id, media);
    return media;
  }

  /** What mentions somebody, or is by somebody, newest first. */
  list(is: (post: Post) => boolean): readonly Post[] {
    return [...this.posts.values()].filter(is).reverse();
  }
}

/** When it was made, in milliseconds since 1970. */
export function timeOf({ id }: Post): number {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Where X links a post's own pictures from its text. */
export function linkOf(postId: string): string {
  return `https://t.co/p${postId}`;
}

export function token(): string {
  return randomBytes(24).toString('base64url');
}
