// @ts-check
import { nameOf } from './content.js';
import { announce, el } from './dom.js';
import { deleteButton, replyForm } from './reply.js';
import { stateWords, StatusView } from './status.js';

/** @import { Api, Status } from './api.js' */
/** @import { RequestStatus } from './live.js' */

/**
 * What a thread needs from the wall that it hangs on.
 * @typedef {{ api: Api, bot: string, requestOf: (id: string) => RequestStatus | undefined,
 *   onNeedName: () => void, onReplied: (status: Status) => void, onRemoved: (id: string) => void }} Wall
 */

/** A request and all that followed from it, in the order of the conversation. */
export class Thread {
  #wall;
  /** @type {Map<string, StatusView>} */
  #views = new Map();
  /** Whether a load is under way, and whether something has happened since it began. */
  #loading = false;
  #stale = false;
  #list = el('div', { className: 'statuses' });

  /**
   * @param {Wall} wall
   * @param {Status} root
   */
  constructor(wall, root) {
    this.#wall = wall;
    this.id = root.id;
    this.element = el(
      'article',
      {
        className: 'thread',
        'aria-label': `Request by ${nameOf(root.account)}`,
      },
      this.#list,
    );
    this.#show([root]);
  }

  get ids() {
    return [...this.#views.keys()];
  }

  /** Brings the thread up to date. Calls while one is under way are answered by one more after it. */
  async refresh() {
    this.#stale = true;
    if (this.#loading) return;
    this.#loading = true;
    try {
      while (this.#stale) {
        this.#stale = false;
        const [root, { descendants }] = await Promise.all([
          this.#wall.api.status(this.id),
          this.#wall.api.context(this.id),
        ]);
        this.#show([root, ...descendants]);
      }
    } catch {
      // Gone, or out of reach for now: its end is told by an event, and every reconnection brings a new load.
    } finally {
      this.#loading = false;
    }
  }

  /** Shows anew how the requests in this thread are coming along. */
  showStates() {
    for (const [id, view] of this.#views) {
      view.showState(this.#wall.requestOf(id) ?? (this.#isWaiting(view) ? 'waiting' : undefined));
    }
  }

  /**
   * @param {RequestStatus} request
   * @param {RequestStatus | undefined} before
   */
  showState(request, before) {
    const view = this.#views.get(request.mention);
    view?.showState(request);
    // Each percent would be too much to listen to; each new state of one's own request is not.
    const isNew = before?.state !== request.state && request.state !== 'answered';
    if (isNew && view !== undefined && this.#isOwn(view.status)) {
      announce(`Your request: ${stateWords(request)}`);
    }
  }

  /**
   * Shows everything as whoever is signed in now: what is one's own has changed. The bot's answers are nobody's own, and
   * under them a reply may be waiting for the name that was missing.
   */
  rebuild() {
    const statuses = [...this.#views.values()].map((view) => view.status);
    for (const [id, view] of this.#views) if (!view.isAnswer) this.remove(id);
    this.#show(statuses);
  }

  tick() {
    for (const view of this.#views.values()) view.tick();
  }

  /** @param {string} id */
  remove(id) {
    this.#views.get(id)?.element.remove();
    this.#views.delete(id);
  }

  /**
   * Only what is new is made anew: a reply that somebody is writing stays untouched.
   * @param {readonly Status[]} statuses
   */
  #show(statuses) {
    const ids = new Set(statuses.map((status) => status.id));
    for (const id of this.ids) if (!ids.has(id)) this.remove(id);
    /** @type {Element | null} */
    let place = this.#list.firstElementChild;
    for (const status of statuses) {
      const known = this.#views.get(status.id);
      const view = known ?? this.#add(status);
      known?.update(status);
      if (view.element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(view.element, place);
    }
    this.showStates();
  }

  /** @param {Status} status */
  #add(status) {
    const { api, bot, onNeedName } = this.#wall;
    const isOwn = this.#isOwn(status);
    const view = new StatusView(api, status, { bot, isOwn, onNeedName });
    const isPainted = view.isAnswer && status.media_attachments.length > 0;
    if (isPainted) view.element.append(replyForm(this.#wall, status));
    if (isOwn) {
      view.element.querySelector('.actions')?.append(deleteButton(this.#wall, status.id));
    }
    this.#views.set(status.id, view);
    return view;
  }

  /** @param {Status} status */
  #isOwn({ account }) {
    return account.username.toLowerCase() === this.#wall.api.name.toLowerCase();
  }

  /**
   * Whether it asks for something that the bot has not seen yet. Of what it has seen, it makes a favorite.
   * @param {StatusView} view
   */
  #isWaiting({ isAnswer, status }) {
    if (isAnswer || status.favourites_count > 0) return false;
    const { bot } = this.#wall;
    const toBot = status.mentions.some(
      ({ username }) => username.toLowerCase() === bot.toLowerCase(),
    );
    const isAnswered = [...this.#views.values()].some(
      (other) => other.isAnswer && other.status.in_reply_to_id === status.id,
    );
    return toBot && !isAnswered;
  }
}
