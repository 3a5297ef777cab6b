import type { HousePainting } from '../../collection.js';
import type { Log } from '../../log.js';
import { pictureNamed, StoreUnreachable, type PictureStore } from '../../pictures/store.js';
import type { Mention } from '../../platforms/port.js';
import { WEB } from '../../platforms/web/platform.js';
import { isRenderId, type RenderId, type Uploads } from '../../platforms/web/uploads.js';
import { askedIn, requestFor, shown, type Listed, type RequestId } from '../../queue/desk.js';
import { placeOf } from '../../queue/forecast.js';
import { waitingOf } from '../../queue/person.js';
import type { Queue } from '../../queue/queue.js';
import { forgetNow } from '../../queue/retention.js';
import type { Answer, PaintedFile } from '../../queue/states.js';
import type {
  HouseStyle,
  QuotaReached,
  RenderRequest,
  Source,
  Styles,
} from '../../requests/request.js';
import { altTextFor, sentenceFor } from '../../replies/sentences.js';
import type { QueueFeed } from '../feed.js';
import { isSameSecret, type Client } from './client.js';
import { MOST_PAINTINGS, type Draft, type StyleChoice } from './draft.js';

export interface RendersOptions {
  readonly queue: Queue;
  readonly uploads: Uploads;
  /** Where painted pictures are. */
  readonly pictures: PictureStore;
  readonly feed: QueueFeed;
  /** The paintings that one can ask for by name. */
  readonly collection: readonly HousePainting[];
  /** What a request will take, in the queue's unit. */
  readonly costOf: (request: RenderRequest) => number;
  readonly log: Log;
}

/** How something that was asked for is coming along. */
export type Progress =
  /** `seconds` until it is painted, as far as one can tell. */
  | { readonly state: 'queued'; readonly ahead: number; readonly seconds: number }
  /** `progress` is 0..1; of sketches there have been so many, each in place of the one before. */
  | { readonly state: 'painting'; readonly progress: number; readonly sketches: number }
  | ({ readonly state: 'painted' } & Pick<PaintedFile, 'width' | 'height' | 'seconds'> & {
        readonly sensitive: boolean;
        readonly alt: string;
      })
  /** `problem` is one sentence for a person. */
  | { readonly state: 'failed'; readonly problem: string }
  | { readonly state: 'cancelled' };

export type Render = Progress & {
  readonly id: RenderId;
  readonly request: RenderRequest;
  readonly visibility: Draft['visibility'];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
};

/** What somebody asks for cannot be painted. The message is one sentence for a person. */
export class Unpaintable extends Error {
  override readonly name = 'Unpaintable';
}

/** What people have asked for themselves, on the page or through the API: requests of the queue as all others. */
export class Renders {
  constructor(private readonly options: RendersOptions) {}

  /** Puts a draft into the queue, whose pictures lie in the request's folder. @throws Unpaintable */
  async create(client: Client, id: RenderId, draft: Draft): Promise<QuotaReached | undefined> {
    const { queue, costOf, log } = this.options;
    const reached = await this.quotaReached(client);
    if (reached !== undefined) return reached;
    const request = this.#requestOf(id, draft);
    const cost = costOf(request);
    await queue.admit(WEB, mentionOf(client, id, draft), { request, cost }, client.weight);
    log.info({ platform: WEB, mention: id, person: client.person }, 'a picture was asked for');
    return undefined;
  }

  /** One's own request; undefined if there is none, or it is somebody else's. */
  async find(client: Client, id: string): Promise<Render | undefined> {
    return (await this.#own(client, id))?.render;
  }

  /** The newest of one's own. */
  async list(client: Client, limit: number): Promise<readonly Render[]> {
    const rows = await this.options.queue.database.all<{ readonly id: string }>(
      // By the row's number and not by the name that is given to the other id.
      `SELECT mention_id AS id FROM requests
       WHERE platform = 'web' AND mention IS NOT NULL AND mention -> 'author' ->> 'handle' = @owner
       ORDER BY requests.id DESC LIMIT @limit`,
      { owner: client.owner, limit },
    );
    const found = await Promise.all(rows.map(({ id }) => this.find(client, id)));
    return found.filter((render) => render !== undefined);
  }

  /** Which quota a client's next request would exceed, if any. */
  async quotaReached({ person }: Client): Promise<QuotaReached | undefined> {
    return await this.options.queue.quotaReached({ platform: WEB, person });
  }

  /** How many of a client's wait or are being painted. */
  async waiting({ person }: Client): Promise<number> {
    return (await waitingOf(this.options.queue.database, { platform: WEB, person })).length;
  }

  /** Ends what is not painted yet. Tells whether it is there. */
  async cancel(client: Client, id: string): Promise<boolean> {
    const own = await this.#own(client, id);
    if (own === undefined) return false;
    const { queue, log } = this.options;
    const isEnded = own.render.state === 'painted' || own.render.state === 'failed';
    if (!isEnded && (await queue.cancel(WEB, id)))
      log.info({ request: own.id }, 'cancelled by its owner');
    return true;
  }

  /** Ends it and forgets it, with every file. Tells whether it was there. */
  async remove(client: Client, id: string): Promise<boolean> {
    const own = await this.#own(client, id);
    if (own === undefined) return false;
    const { queue, uploads, pictures, log } = this.options;
    await queue.cancel(WEB, id);
    await forgetNow(queue.database, pictures, own.id);
    await uploads.remove(own.render.id).catch((error: unknown) => {
      if (!(error instanceof StoreUnreachable)) throw error;
      // Nobody finds them any more, and within the hour or two they are tidied away.
      log.warn({ error, request: own.id }, 'what was sent could not be removed yet');
    });
    queue.changed();
    log.info({ request: own.id }, 'removed by its owner');
    return true;
  }

  /** A picture of one's own; undefined if it is not there (yet). @throws StoreUnreachable */
  async picture(
    client: Client,
    id: string,
    which: 'picture' | 'photo' | 'sketch',
  ): Promise<Buffer | undefined> {
    const own = await this.#own(client, id);
    if (own === undefined) return undefined;
    const { uploads, pictures } = this.options;
    if (which !== 'picture') return pictures.get(uploads.watched(own.render.id)[which]);
    return own.answer?.type === 'painted' ? pictureNamed(pictures, own.answer.file) : undefined;
  }

  /** The words for a quota, as they would be in a post. */
  sentenceFor(refusal: QuotaReached): string {
    return sentenceFor({ type: 'refused', refusal }, undefined, { id: '', language: 'en' });
  }

  async #own(
    client: Client,
    id: string,
  ): Promise<
    | { readonly id: RequestId; readonly render: Render; readonly answer: Answer | undefined }
    | undefined
  > {
    if (!isRenderId(id)) return undefined;
    const { database } = this.options.queue;
    const asked = (await askedIn(database, WEB, id))?.asked;
    const requestId = await requestFor(database, WEB, id);
    const listed = requestId && (await shown(database, requestId));
    if (asked?.request === undefined || listed === undefined) return undefined;
    if (!isSameSecret(asked.mention.author.handle, client.owner)) return undefined;
    const { mention, request } = asked;
    const render = {
      ...(await this.#progressOf(listed, mention, request)),
      id,
      request,
      visibility: mention.visibility === 'public' ? ('public' as const) : ('private' as const),
      createdAt: listed.createdAt,
    };
    return { id: listed.id, render, answer: listed.answer };
  }

  async #progressOf(
    { id, state, answer }: Listed,
    mention: Mention,
    request: RenderRequest,
  ): Promise<Progress> {
    const { queue, feed } = this.options;
    switch (state) {
      case 'queued': {
        const place = await placeOf(queue.database, id, Date.now());
        return { state, ahead: place?.ahead ?? 0, seconds: Math.ceil(place?.seconds ?? 0) };
      }
      case 'rendering':
        return { state: 'painting', ...feed.progressOf(mention.id) };
      case 'cancelled':
        return { state };
      case 'answering':
      case 'answered':
      case 'unanswerable': {
        if (answer?.type === 'painted') {
          const { width, height, seconds, sensitive = false } = answer;
          const alt = altTextFor(request, mention);
          return { state: 'painted', width, height, seconds, sensitive, alt };
        }
        const said = answer?.type === 'bad picture' ? answer : ({ type: 'failed' } as const);
        return { state: 'failed', problem: sentenceFor(said, request, mention) };
      }
    }
  }

  /** @throws Unpaintable */
  #requestOf(id: RenderId, draft: Draft): RenderRequest {
    const { effect, settings, description, styles } = draft;
    const content = this.options.uploads.attachment(id, 'photo', description);
    const common = { content, settings, notes: [] };
    if (effect === 'dream') return { ...common, effect };
    if (styles.length > MOST_PAINTINGS)
      throw new Unpaintable(`More than ${MOST_PAINTINGS} paintings cannot be blended.`);
    const [first, ...more] = styles.map((style) => this.#sourceOf(id, style));
    if (first === undefined) throw new Unpaintable('A painting is needed, or choose one of ours.');
    const { blend = [] } = settings;
    if (blend.length > 0 && blend.length !== styles.length)
      throw new Unpaintable(`The blend takes a weight for each painting: ${styles.length}.`);
    const all: Styles = [first, ...more];
    return { ...common, effect, styles: all };
  }

  #sourceOf(id: RenderId, style: StyleChoice): Source {
    if (!('house' in style))
      return this.options.uploads.attachment(id, `painting${style.upload}`, style.description);
    const found = this.options.collection.find(({ name }) => name === style.house);
    if (found === undefined) throw new Unpaintable(`There is no painting called “${style.house}”.`);
    const { name, title, alt } = found;
    return { kind: 'house', name, title, description: alt } satisfies HouseStyle;
  }
}

/** What stands in the queue for a post: it was said to us alone, unless it may hang in the gallery. */
function mentionOf({ person, owner }: Client, id: RenderId, { visibility }: Draft): Mention {
  return {
    id,
    author: { id: person, handle: owner, address: `${person}@${WEB}` },
    text: '',
    attachments: [],
    visibility: visibility === 'public' ? 'public' : 'direct',
    sensitive: false,
    spoiler: '',
    language: 'en',
  };
}
