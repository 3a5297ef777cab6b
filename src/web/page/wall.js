// @ts-check
/* global document, location, setInterval */
import { nameOf } from './content.js';
import { announce, byId } from './dom.js';
import { Thread } from './thread.js';

/** @import { Api, Status } from './api.js' */
/** @import { RequestStatus, StreamEvent } from './live.js' */

/** The threads, newest first, and what the page knows of the requests in them. */
export class Wall {
  #api;
  #threads = byId('threads');
  #older = byId('older');
  /** @type {Map<string, Thread>} */
  #byRoot = new Map();
  /** @type {Map<string, RequestStatus>} */
  #requests = new Map();
  /** Statuses that have been looked for because something was heard of their requests. */
  #expected = new Set();
  /** The one status that the address names; then only its thread is shown. */
  #only = /^\/@[^/]+\/(\d+)$/.exec(location.pathname)?.[1];
  #options;

  /**
   * @param {Api} api
   * @param {{ bot: string, onNeedName: () => void }} options
   */
  constructor(api, { bot, onNeedName }) {
    this.#api = api;
    this.#options = {
      api,
      bot,
      onNeedName,
      requestOf: (/** @type {string} */ id) => this.#requests.get(id),
      onReplied: (/** @type {Status} */ status) => void this.#refreshAround(status),
      onRemoved: (/** @type {string} */ id) => this.#remove(id),
    };
    byId('everything').hidden = this.#only === undefined;
    this.#older.addEventListener('click', () => void this.#loadOlder());
    setInterval(() => {
      for (const thread of this.#byRoot.values()) thread.tick();
    }, 60_000);
  }

  /** Loads what is on the wall, or what has changed on it since. */
  async load() {
    if (this.#only !== undefined) {
      const { ancestors } = await this.#api.context(this.#only);
      const root = ancestors[0] ?? (await this.#api.status(this.#only));
      await this.#put(root).refresh();
      return;
    }
    const roots = await this.#api.publicTimeline();
    if (this.#byRoot.size === 0) this.#older.hidden = roots.length < 20;
    await this.#putAll(roots);
    byId('empty').hidden = this.#byRoot.size > 0;
  }

  /**
   * Hangs a status that the person has just posted.
   * @param {Status} status
   */
  add(status) {
    this.#put(status).element.scrollIntoView({ block: 'nearest' });
  }

  /** Shows everything as whoever is signed in now. */
  rebuild() {
    for (const thread of this.#byRoot.values()) thread.rebuild();
  }

  /** @param {StreamEvent} event */
  hear(event) {
    if (event.event === 'delete') this.#remove(event.id);
    else void this.#refreshAround(event.status);
    if (event.event === 'notification' && event.type === 'mention') {
      announce(`${nameOf(event.status.account)} has answered.`);
    }
  }

  /**
   * Replaces all that is known of requests: what is not in the snapshot has come to its end unseen.
   * @param {readonly RequestStatus[]} all
   */
  setRequests(all) {
    const unfinished = [...this.#requests.keys()];
    this.#requests = new Map(all.map((request) => [request.mention, request]));
    for (const thread of this.#byRoot.values()) thread.showStates();
    for (const id of unfinished) if (!this.#requests.has(id)) void this.#threadOf(id)?.refresh();
    for (const { mention } of all) this.#expect(mention);
  }

  /** @param {RequestStatus} request */
  setRequest(request) {
    const before = this.#requests.get(request.mention);
    this.#requests.set(request.mention, request);
    const thread = this.#threadOf(request.mention);
    thread?.showState(request, before);
    // Answers to others come by no stream of ours, so look.
    if (request.state === 'answered') void thread?.refresh();
    this.#expect(request.mention);
  }

  /**
   * Hears of a request in a status that is not on the wall: if it belongs there, fetches it.
   * @param {string} id
   */
  #expect(id) {
    if (this.#only !== undefined || this.#expected.has(id)) return;
    this.#expected.add(id);
    if (this.#threadOf(id) === undefined) {
      this.#api.status(id).then(
        (status) => this.#refreshAround(status),
        // Not everything that is asked for is for everybody to see.
        () => undefined,
      );
    }
  }

  async #loadOlder() {
    const oldest = [...this.#byRoot.keys()].toSorted()[0];
    const roots = await this.#api.publicTimeline(oldest);
    this.#older.hidden = roots.length < 20;
    await this.#putAll(roots);
  }

  /** @param {readonly Status[]} roots */
  async #putAll(roots) {
    await Promise.all(roots.map((root) => this.#put(root).refresh()));
  }

  /**
   * Hangs a thread in its place, unless it hangs there already.
   * @param {Status} root
   */
  #put(root) {
    const known = this.#byRoot.get(root.id);
    if (known !== undefined) return known;
    const thread = new Thread(this.#options, root);
    this.#byRoot.set(root.id, thread);
    const below = [...this.#byRoot.keys()].toSorted().toReversed();
    const next = below[below.indexOf(root.id) + 1];
    const place = next === undefined ? undefined : this.#byRoot.get(next);
    this.#threads.insertBefore(thread.element, place?.element ?? null);
    byId('empty').hidden = true;
    return thread;
  }

  /** @param {string} id */
  #threadOf(id) {
    return [...this.#byRoot.values()].find((thread) => thread.ids.includes(id));
  }

  /**
   * Brings the thread up to date to which a status belongs.
   * @param {Status} status
   */
  async #refreshAround(status) {
    const thread =
      this.#threadOf(status.id) ??
      (status.in_reply_to_id === null ? undefined : this.#threadOf(status.in_reply_to_id));
    if (thread !== undefined) return thread.refresh();
    if (this.#only !== undefined) return undefined;
    const { ancestors } = await this.#api.context(status.id);
    return this.#put(ancestors[0] ?? status).refresh();
  }

  /** @param {string} id */
  #remove(id) {
    const thread = this.#threadOf(id);
    // Whoever stands on what goes, for example on the button that deletes it, would lose their place in the page.
    const holdsFocus = thread?.element.contains(document.activeElement) === true;
    thread?.remove(id);
    if (thread !== undefined && this.#byRoot.delete(id)) thread.element.remove();
    byId('empty').hidden = this.#byRoot.size > 0;
    if (holdsFocus && !thread.element.contains(document.activeElement))
      byId('wall').focus({ preventScroll: true });
  }
}
