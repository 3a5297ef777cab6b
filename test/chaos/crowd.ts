import { truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { mastodon } from 'masto';
import sharp from 'sharp';
import { signUp } from '../support/stage.js';
import { Dice } from './dice.js';

/** What people post, how often, and what the bot must say to it. */
const kinds = {
  pair: { share: 55, pictures: ['photo', 'painting'], answer: /strength \d+/ },
  nothing: { share: 20, pictures: [], answer: /Mention me with two pictures/ },
  one: { share: 10, pictures: ['photo'], answer: /That is one picture/ },
  speck: { share: 7, pictures: ['photo', 'speck'], answer: /the painting: it is too small/ },
  damaged: {
    share: 8,
    pictures: ['damaged', 'painting'],
    answer: /the photo: the file is damaged/,
  },
} as const satisfies Readonly<Record<string, unknown>>;
export type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as readonly Kind[];
type Picture = 'photo' | 'painting' | 'speck' | 'damaged';

/** A mention that wants its answer. */
export interface Asked {
  readonly id: string;
  readonly kind: Kind;
  readonly by: mastodon.rest.Client;
  readonly at: Date;
}

/** Nobody is answered in words over twenty times a day; of so many, nobody comes near that. */
const PEOPLE = 100;

interface CrowdOptions {
  readonly mediaFolder: string;
  readonly seed: number;
}

/** People with pictures, on the server itself: nothing goes wrong between them and it. */
export class Crowd {
  readonly asked: Asked[] = [];
  readonly #dice: Dice;

  private constructor(
    private readonly people: readonly mastodon.rest.Client[],
    private readonly options: CrowdOptions,
  ) {
    this.#dice = new Dice(options.seed, 'crowd');
  }

  static async at(url: string, options: CrowdOptions): Promise<Crowd> {
    const names = Array.from({ length: PEOPLE }, (_, i) => `person${i + 1}`);
    return new Crowd(await Promise.all(names.map((name) => signUp(url, name))), options);
  }

  /** Somebody mentions the bot. */
  async ask(kind: Kind = this.#anyKind()): Promise<void> {
    const by = this.people[this.#dice.between(0, this.people.length - 1)];
    if (by === undefined) throw new Error('nobody is here');
    const mediaIds = [];
    for (const picture of kinds[kind].pictures) mediaIds.push(await this.#upload(by, picture));
    const posted = await by.v1.statuses.create({
      status: `@pentimento please #draft #strength${this.#dice.between(0, 100)}`,
      mediaIds,
    });
    this.asked.push({ id: posted.id, kind, by, at: new Date(posted.createdAt) });
  }

  #anyKind(): Kind {
    const urn = kindNames.flatMap((kind) => Array.from({ length: kinds[kind].share }, () => kind));
    return urn[this.#dice.between(0, urn.length - 1)] ?? 'pair';
  }

  async #upload(by: mastodon.rest.Client, picture: Picture): Promise<string> {
    const file = new Blob([new Uint8Array(await this.#draw(picture))]);
    const upload = { file, description: `A ${picture}.`, skipPolling: true };
    const { id, url } = await by.v2.media.create(upload);
    // No server takes a damaged picture, but its disk may spoil one later.
    if (picture === 'damaged')
      await truncate(join(this.options.mediaFolder, basename(url ?? '')), 700);
    return id;
  }

  /** Photos are narrow, which makes them quick to paint. Noise is large enough that half a file is not all of it. */
  #draw(picture: Picture): Promise<Buffer> {
    const [width, height] = {
      photo: [64, 16],
      damaged: [64, 48],
      painting: [32, 32],
      speck: [8, 6],
    }[picture] as [number, number];
    const gray = this.#dice.between(60, 190);
    const noise = { type: 'gaussian' as const, mean: gray, sigma: 40 };
    return sharp({ create: { width, height, channels: 3, background: 'teal', noise } })
      .jpeg({ quality: 90 })
      .toBuffer();
  }
}

/** Whether an answer says what it must, with a described picture if and only if one was to be painted. */
export function isRight(kind: Kind, { content, mediaAttachments }: mastodon.v1.Status): boolean {
  const described = mediaAttachments.filter(({ description }) => (description ?? '') !== '');
  const pictures = kind === 'pair' ? 1 : 0;
  return (
    kinds[kind].answer.test(content) &&
    mediaAttachments.length === pictures &&
    described.length === pictures
  );
}
