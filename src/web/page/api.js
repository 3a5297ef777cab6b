// @ts-check
/* global fetch, FormData, crypto */
import { remember, remembered } from './memory.js';

/**
 * The parts of Mastodon's entities that the page uses.
 * @typedef {{ id: string, username: string, acct: string, display_name: string, bot: boolean }} Account
 * @typedef {{ width: number, height: number }} Size
 * @typedef {{ id: string, url: string, preview_url: string, description: string | null,
 *   meta: { original: Size, small: Size } }} MediaAttachment
 * @typedef {{ id: string, created_at: string, in_reply_to_id: string | null, account: Account, content: string,
 *   visibility: string, sensitive: boolean, spoiler_text: string, language: string | null,
 *   media_attachments: MediaAttachment[], mentions: { username: string }[], favourites_count: number,
 *   favourited: boolean }} Status
 * @typedef {{ status: string, media_ids?: string[], in_reply_to_id?: string, visibility?: string }} Draft
 */

/** A request that did not succeed, with a sentence for the person who wanted it. */
export class ApiFailure extends Error {
  /**
   * @param {number} status The HTTP status; 0 if the server could not be reached.
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Speaks Mastodon's client API with the server that the page came from, as whoever is signed in. */
export class Api {
  #name = remembered('name');
  #token = remembered('token');

  /** Whose name was signed in with last; empty if nobody's. */
  get name() {
    return this.#name;
  }

  get isSignedIn() {
    return this.#token !== '';
  }

  /**
   * Signs in by name; a new name is a new account.
   * @param {string} name
   */
  async signIn(name) {
    this.#token = '';
    const { access_token: token } = /** @type {{ access_token: string }} */ (
      await this.#request('POST', '/api/v1/accounts', { username: name })
    );
    this.#name = name;
    this.#token = token;
    remember('name', name);
    remember('token', token);
  }

  /** A token that the server knows right now: after its data were cleared, the old one is worth nothing. */
  async freshToken() {
    await this.#signedIn('GET', '/api/v1/accounts/verify_credentials');
    return this.#token;
  }

  /**
   * @param {Blob} file
   * @param {string} description
   */
  async upload(file, description) {
    const form = new FormData();
    form.set('file', file);
    if (description !== '') form.set('description', description);
    return /** @type {Promise<MediaAttachment>} */ (this.#signedIn('POST', '/api/v2/media', form));
  }

  /**
   * Posts a status. The same key posts the same status, so that trying again after a lost answer does no harm.
   * @param {Draft} draft
   * @param {string} key
   */
  async post(draft, key) {
    return /** @type {Promise<Status>} */ (
      this.#signedIn('POST', '/api/v1/statuses', draft, { 'Idempotency-Key': key })
    );
  }

  /** @param {string} [maxId] */
  async publicTimeline(maxId) {
    const query = maxId === undefined ? '' : `&max_id=${encodeURIComponent(maxId)}`;
    return /** @type {Promise<Status[]>} */ (
      this.#request('GET', `/api/v1/timelines/public?limit=20${query}`)
    );
  }

  /** @param {string} id */
  async status(id) {
    return /** @type {Promise<Status>} */ (
      this.#request('GET', `/api/v1/statuses/${encodeURIComponent(id)}`)
    );
  }

  /** @param {string} id */
  async context(id) {
    return /** @type {Promise<{ ancestors: Status[], descendants: Status[] }>} */ (
      this.#request('GET', `/api/v1/statuses/${encodeURIComponent(id)}/context`)
    );
  }

  /**
   * @param {string} id
   * @param {boolean} favourite
   */
  async setFavourite(id, favourite) {
    const action = favourite ? 'favourite' : 'unfavourite';
    return /** @type {Promise<Status>} */ (
      this.#signedIn('POST', `/api/v1/statuses/${encodeURIComponent(id)}/${action}`)
    );
  }

  /** @param {string} id */
  async remove(id) {
    await this.#signedIn('DELETE', `/api/v1/statuses/${encodeURIComponent(id)}`);
  }

  /**
   * A request that needs an account. If the server no longer knows the token, the name is enough to get another.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<unknown>}
   */
  async #signedIn(method, path, body, headers) {
    if (!this.isSignedIn) throw new ApiFailure(401, 'Please choose a name first.');
    try {
      return await this.#request(method, path, body, headers);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 401) throw error;
      await this.signIn(this.#name);
      return this.#request(method, path, body, headers);
    }
  }

  /**
   * What comes back is for the caller to name, who knows what stands at that address.
   * @param {string} method
   * @param {string} path
   * @param {object} [body] A form, or what will be JSON.
   * @param {Record<string, string>} [headers]
   * @returns {Promise<unknown>}
   */
  async #request(method, path, body, headers = {}) {
    const isForm = body instanceof FormData;
    const response = await fetch(path, {
      method,
      headers: {
        ...headers,
        ...(this.#token === '' ? {} : { Authorization: `Bearer ${this.#token}` }),
        ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiFailure(0, 'The studio cannot be reached. Is the program still running?');
    });
    if (response.ok) return response.json();
    // A token that is not known is no reason to hide what everybody may see.
    if (response.status === 401 && method === 'GET' && this.#token !== '') {
      if (!path.includes('verify_credentials')) {
        this.#token = '';
        return this.#request(method, path, body, headers);
      }
    }
    throw new ApiFailure(response.status, await reason(response));
  }
}

/**
 * What to tell a person of a failure.
 * @param {unknown} error
 */
export function sentenceOf(error) {
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** A key by which the server knows one and the same post again. (randomUUID needs HTTPS; this does not.) */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '-',
  );
}

/**
 * Why a request was refused, in the server's words if it has any.
 * @param {Response} response
 */
async function reason(response) {
  try {
    const { error } = await response.json();
    if (typeof error === 'string') return error.replace(/^Validation failed: (\w+: )?/, '');
  } catch {
    // Not JSON: then a sentence of our own will do.
  }
  return `The studio did not take that (error ${response.status}).`;
}
