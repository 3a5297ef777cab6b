import type { Fence, Mention, OwnReply, Platform, Reply } from '../../src/platforms/port.js';

export interface Posted {
  readonly mention: Mention;
  readonly reply: Reply;
}

/**
 * A network in memory: it keeps what is posted, and its next calls fail as `fails` says; a failure "after" does what
 * was asked first, as when the answer to a request is lost.
 */
export class MemoryPlatform implements Platform {
  readonly posts: Posted[] = [];
  /** How often somebody looked for an earlier reply. */
  looks = 0;
  fails: { readonly when: 'before' | 'after'; readonly error: Error }[] = [];

  constructor(readonly name = 'memory') {}

  async reply(mention: Mention, reply: Reply, fence?: Fence): Promise<string> {
    const fail = this.fails.shift();
    await fence?.();
    if (fail?.when === 'before') throw fail.error;
    this.posts.push({ mention, reply });
    if (fail) throw fail.error;
    return `reply to ${mention.id}`;
  }

  signIn(): Promise<string> {
    return Promise.resolve('pentimento@memory.example');
  }

  trouble(): string | undefined {
    return undefined;
  }

  repliesTo(mention: Mention): Promise<readonly OwnReply[]> {
    this.looks++;
    const found = this.posts.filter((post) => post.mention.id === mention.id);
    return Promise.resolve(
      found.map(({ reply }) => ({
        id: `reply to ${mention.id}`,
        text: reply.text,
        hasPicture: reply.picture !== undefined,
      })),
    );
  }

  reread(mention: Mention): Promise<Mention | undefined> {
    return Promise.resolve(mention);
  }

  parentOf(): Promise<Mention | undefined> {
    return Promise.resolve(undefined);
  }

  remove(replyId: string): Promise<void> {
    const at = this.posts.findIndex(({ mention }) => `reply to ${mention.id}` === replyId);
    if (at >= 0) this.posts.splice(at, 1);
    return Promise.resolve();
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  download(): Promise<void> {
    return Promise.reject(new Error('there is nothing to download'));
  }

  acknowledge(): Promise<void> {
    return Promise.resolve();
  }
}
