// @ts-check
/* global WebSocket, EventSource, location, setTimeout, clearTimeout */

/** @import { Api, Status } from './api.js' */

/**
 * @typedef {{ mention: string, state: 'queued', ahead: number }
 *   | { mention: string, state: 'painting', progress: number }
 *   | { mention: string, state: 'replying' | 'answered' | 'cancelled' }} RequestStatus
 * @typedef {{ event: 'update', status: Status } | { event: 'notification', type: string, status: Status }
 *   | { event: 'delete', id: string }} StreamEvent
 */

const shortestWait = 500;
const longestWait = 15_000;

/**
 * Listens to Mastodon's streaming API for as long as the page is open. Events are lost while there is no connection,
 * so after every (re)connection `onOpen` has to catch up.
 */
export class Stream {
  #api;
  #handlers;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #wait = shortestWait;
  /** Each start makes the one before it obsolete, wherever that one is waiting. */
  #generation = 0;

  /**
   * @param {Api} api
   * @param {{ onOpen: () => void, onEvent: (event: StreamEvent) => void, onLost: () => void }} handlers
   */
  constructor(api, handlers) {
    this.#api = api;
    this.#handlers = handlers;
  }

  /** Connects as whoever is signed in now, and gives up the connection as whoever was before. */
  start() {
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#wait = shortestWait;
    void this.#connect(this.#generation);
  }

  /** @param {number} generation */
  async #connect(generation) {
    let token;
    try {
      token = await this.#api.freshToken();
    } catch {
      this.#retry(generation);
      return;
    }
    if (generation !== this.#generation) return;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    // A token in the address would end up in logs; as the protocol's name it does not.
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/streaming?stream=user`, [
      token,
    ]);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#wait = shortestWait;
      socket.send(JSON.stringify({ type: 'subscribe', stream: 'public' }));
      this.#handlers.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      const event = readEvent(String(data));
      if (event !== undefined) this.#handlers.onEvent(event);
    });
    socket.addEventListener('close', () => this.#retry(generation));
  }

  /** @param {number} generation */
  #retry(generation) {
    if (generation !== this.#generation) return;
    this.#handlers.onLost();
    // Some chance in it, so that many pages do not come back at the same moment.
    const wait = this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, longestWait);
    this.#timer = setTimeout(() => void this.#connect(generation), wait);
  }
}

/**
 * @param {string} message
 * @returns {StreamEvent | undefined}
 */
function readEvent(message) {
  const { event, payload } = JSON.parse(message);
  if (event === 'update') return { event, status: JSON.parse(payload) };
  if (event === 'delete') return { event, id: payload };
  if (event !== 'notification') return undefined;
  const { type, status } = JSON.parse(payload);
  return { event, type, status };
}

/**
 * Follows how requests are coming along. The browser connects again by itself, and gets a new snapshot then; only
 * after an answer that is no event stream it gives up, and we do not.
 * @param {{ onSnapshot: (all: RequestStatus[]) => void, onStatus: (status: RequestStatus) => void }} handlers
 */
export function followRequests(handlers) {
  const source = new EventSource('/events');
  source.addEventListener('snapshot', ({ data }) => handlers.onSnapshot(JSON.parse(data)));
  source.addEventListener('status', ({ data }) => handlers.onStatus(JSON.parse(data)));
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(followRequests, 3000, handlers);
  });
}
