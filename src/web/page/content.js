// @ts-check
/* global document, DOMParser, Node, URL, location */

/** @import { Account } from './api.js' */

/**
 * Rebuilds the HTML of a status from the few things that it may be made of: text, paragraphs, line breaks, and links
 * to the web. Everything else is left out, and its text kept. Parsing alone runs no script and loads no picture.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function safeContent(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment);
  return fragment;
}

/**
 * @param {Node} from
 * @param {Node} to
 */
function copyChildren(from, to) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(child.textContent ?? ''));
      continue;
    }
    if (child.nodeType !== Node.ELEMENT_NODE) continue;
    const copy = copyOf(/** @type {Element} */ (child));
    if (copy === undefined) {
      copyChildren(child, to);
    } else {
      copyChildren(child, copy);
      to.appendChild(copy);
    }
  }
}

/**
 * @param {Element} element
 * @returns {HTMLElement | undefined}
 */
function copyOf(element) {
  const name = element.localName;
  if (name === 'p' || name === 'br') return document.createElement(name);
  if (name !== 'a') return undefined;
  if (element.classList.contains('mention')) {
    // Mentions and hashtags lead nowhere in so small a place; they only stand out.
    const mark = document.createElement('span');
    mark.className = 'mention';
    return mark;
  }
  const address = webAddress(element.getAttribute('href'));
  if (address === undefined) return undefined;
  const link = document.createElement('a');
  link.href = address;
  link.rel = 'nofollow noopener noreferrer';
  link.target = '_blank';
  return link;
}

/** @param {string | null} href */
function webAddress(href) {
  try {
    const url = new URL(href ?? '');
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** What can be seen. Many characters cannot, and some of those turn others around or pile up on them. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * The name that a person goes by; one of which nothing can be seen is none.
 * @param {Account} account
 */
export function nameOf({ display_name: name, username }) {
  return visible.test(name) ? name : username;
}

/**
 * One character to stand for a name.
 * @param {string} name
 */
export function initialOf(name) {
  return visible.exec(name)?.[0].toUpperCase() ?? '';
}

/**
 * A picture's address on the server that the page came from, by whatever name that server was reached.
 * @param {string} url
 */
export function localPath(url) {
  const { pathname } = new URL(url, location.href);
  return pathname;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/**
 * How long ago something was, in words.
 * @param {string} time An ISO 8601 time.
 * @param {number} [now] In milliseconds.
 */
export function timeAgo(time, now = Date.now()) {
  const minutes = Math.round((new Date(time).getTime() - now) / 60_000);
  if (minutes >= 0) return 'just now';
  if (minutes > -60) return relative.format(minutes, 'minute');
  if (minutes > -24 * 60) return relative.format(Math.round(minutes / 60), 'hour');
  return relative.format(Math.round(minutes / 60 / 24), 'day');
}
