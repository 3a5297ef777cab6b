import { z } from 'zod';
import { pair } from './attachments.js';
import type { Case, Place } from './case.js';

const statusSchema = z.looseObject({
  id: z.string(),
  account: z.looseObject({ acct: z.string() }),
});
const notificationSchema = z.looseObject({ status: statusSchema });

/** At strength 0 everything is done but the painting itself, which does not depend on who sent the pictures. */
const UNPAINTED = '<p>#strength0</p>';

/** Tells the bot of the posts of a server as their cases want them told. */
export class Disguise {
  /** Who has posted what, by the post's id. */
  readonly #posters = new Map<string, string>();

  constructor(
    private readonly cases: ReadonlyMap<string, Case>,
    /** Where pictures are. */
    private readonly url: string,
  ) {}

  /** A notification as the bot sees it; the same one always looks the same. */
  applied(notification: unknown): unknown {
    const { data: found } = notificationSchema.safeParse(notification);
    const hostile = this.cases.get(found?.status.account.acct ?? '');
    if (found === undefined || hostile === undefined) return notification;
    return { ...found, status: this.appliedToPost(found.status), ...hostile.notification };
  }

  /** A post by itself: the bot reads it again before it paints. */
  appliedToPost(post: unknown): unknown {
    const { data: found } = statusSchema.safeParse(post);
    const poster = found?.account.acct ?? '';
    const hostile = this.cases.get(poster);
    if (found === undefined || hostile === undefined) return post;
    this.#posters.set(found.id, poster);
    const pictures = {
      poster,
      photo: `${this.url}/pictures/${poster}/photo.jpg`,
      painting: `${this.url}/pictures/${poster}/painting.jpg`,
    };
    const asksToPaint = hostile.photo !== undefined || hostile.painting !== undefined;
    return {
      ...found,
      content: UNPAINTED,
      ...(asksToPaint && { media_attachments: pair(pictures) }),
      ...hostile.status?.(pictures),
    };
  }

  /** Whose post a request of the bot's is about. */
  posterOf(place: Place, path: string, body: Buffer): string | undefined {
    if (place === 'acknowledge' || place === 'thread')
      return this.#posters.get(path.split('/')[4] ?? '');
    return /\bcase\d+\b/.exec(body.toString('latin1'))?.[0];
  }
}
