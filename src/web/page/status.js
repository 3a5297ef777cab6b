// @ts-check
import { sentenceOf } from './api.js';
import { initialOf, nameOf, safeContent, timeAgo } from './content.js';
import { el, problemLine } from './dom.js';
import { figure } from './figure.js';

/** @import { Api, Status } from './api.js' */
/** @import { RequestStatus } from './live.js' */

/** One status on the wall: who, when, what; its pictures; and how the request that it makes is coming along. */
export class StatusView {
  #api;
  #status;
  #state = el('div', { className: 'state', hidden: true });
  #time;
  #favourite;
  #problem = problemLine();

  /**
   * @param {Api} api
   * @param {Status} status
   * @param {{ bot: string, isOwn: boolean, onNeedName: () => void }} options
   */
  constructor(api, status, { bot, isOwn, onNeedName }) {
    this.#api = api;
    this.#status = status;
    const { account } = status;
    this.isAnswer = account.username.toLowerCase() === bot.toLowerCase();
    const name = nameOf(account);
    this.#time = el('time', {
      dateTime: status.created_at,
      title: new Date(status.created_at).toLocaleString(),
    });
    // One's own is there to be liked by others, not by oneself.
    this.#favourite = el(isOwn ? 'span' : 'button', {
      ...(isOwn ? {} : { type: 'button' }),
      className: 'favourite',
      onclick: isOwn
        ? undefined
        : () => (api.isSignedIn ? void this.#toggleFavourite() : onNeedName()),
    });
    this.element = el(
      'div',
      { className: this.isAnswer ? 'status answer' : 'status', id: `status-${status.id}` },
      el(
        'div',
        { className: 'by' },
        el('span', { className: 'avatar', 'aria-hidden': true }, initialOf(name)),
        el('bdi', { className: 'name' }, name),
        name.toLowerCase() === account.acct.toLowerCase()
          ? null
          : el('span', { className: 'acct' }, `@${account.acct}`),
        el('a', { href: `/@${account.acct}/${status.id}`, className: 'when' }, this.#time),
      ),
      this.#body(),
      this.#state,
      el('div', { className: 'actions' }, this.#favourite, this.#problem),
    );
    this.tick();
    this.update(status);
  }

  get status() {
    return this.#status;
  }

  /** Shows how long ago it was, as of now. */
  tick() {
    this.#time.textContent = timeAgo(this.#status.created_at);
  }

  /**
   * Takes over what can change in a status after it was posted.
   * @param {Status} status
   */
  update(status) {
    this.#status = status;
    const { favourites_count: count, favourited } = status;
    const isButton = this.#favourite.localName === 'button';
    if (isButton) this.#favourite.setAttribute('aria-pressed', String(favourited));
    this.#favourite.hidden = !isButton && count === 0;
    this.#favourite.replaceChildren(
      el('span', { 'aria-hidden': true }, favourited || !isButton ? '★' : '☆'),
      count === 0 ? ' Favorite' : ` Favorite · ${count}`,
    );
  }

  /** @param {RequestStatus | 'waiting' | undefined} request */
  showState(request) {
    this.#state.hidden = request === undefined;
    if (request === undefined) return;
    const words = stateWords(request);
    const kind = request === 'waiting' ? request : request.state;
    this.#state.dataset.state = kind;
    // The bar stays the same element from one step to the next, so that it glides and does not jump.
    if (this.#state.children.length === 0) {
      this.#state.append(
        el('span', { className: 'words' }),
        el('progress', { max: 100, 'aria-label': 'Progress of the painting' }),
      );
    }
    const [line, bar] = this.#state.children;
    if (line) line.textContent = words;
    if (bar) {
      const painting = request !== 'waiting' && request.state === 'painting';
      Reflect.set(bar, 'hidden', !painting);
      if (painting) Reflect.set(bar, 'value', Math.round(request.progress * 100));
    }
  }

  #body() {
    const { spoiler_text: warning, sensitive, language } = this.#status;
    const parts = [
      el(
        'div',
        { className: 'content', ...(language === null ? {} : { lang: language }) },
        safeContent(this.#status.content),
      ),
      this.#pictures(),
    ];
    if (warning === '' && !sensitive) return el('div', {}, ...parts);
    return el(
      'details',
      { className: 'warned' },
      el('summary', {}, warning === '' ? 'Sensitive; show it' : warning),
      ...parts,
    );
  }

  #pictures() {
    const { media_attachments: media } = this.#status;
    if (media.length === 0) return undefined;
    return el(
      'div',
      { className: this.isAnswer ? 'hung' : 'pair' },
      ...media.map((attachment) => figure(attachment, this.isAnswer)),
    );
  }

  async #toggleFavourite() {
    this.#problem.say('');
    try {
      this.update(await this.#api.setFavourite(this.#status.id, !this.#status.favourited));
    } catch (error) {
      this.#problem.say(sentenceOf(error));
    }
  }
}

/**
 * How a request is coming along, in words.
 * @param {RequestStatus | 'waiting'} request
 */
export function stateWords(request) {
  if (request === 'waiting') return 'sent, not seen by the bot yet';
  switch (request.state) {
    case 'queued':
      return request.ahead === 0 ? 'queued, next in line' : `queued, ${request.ahead} ahead`;
    case 'painting':
      return `painting ${Math.round(request.progress * 100)} %`;
    case 'replying':
      return 'the answer is on its way';
    case 'answered':
      return 'done';
    case 'cancelled':
      return 'cancelled';
  }
}
