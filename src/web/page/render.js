// @ts-check
/* global document, EventSource, fetch, location, DOMParser, setTimeout */
import { announce, el } from './dom.js';

/*
 * Keeps the page of one picture up to date. What it looks like in each state only the server knows: when the state changes,
 * the section is fetched anew.
 */

/**
 * @typedef {{ state: 'painting', progress: number, sketches: number }
 *   | { state: 'queued', ahead: number }
 *   | { state: 'painted' | 'failed' | 'cancelled' }} News
 */

const underWay = ['queued', 'painting'];
const RETRY_MS = 3000;
let said = -1;

/** @returns {HTMLElement} */
function section() {
  const found = document.getElementById('render');
  if (found === null) throw new Error('The page has no picture');
  return found;
}

function follow() {
  compare();
  const { id, state } = section().dataset;
  if (id === undefined || !underWay.includes(state ?? '')) return;
  const source = new EventSource(`/paintings/${id}/events`);
  source.addEventListener('state', (event) => {
    /** @type {News} */
    const news = JSON.parse(event.data);
    if (!underWay.includes(news.state)) source.close();
    void hear(news);
  });
  source.addEventListener('gone', () => location.assign('/'));
  source.addEventListener('error', () => {
    const words = document.getElementById('words');
    if (words !== null) words.textContent = 'The connection is lost. Trying again…';
    // The browser does, but not after an answer that is no stream, as a proxy gives while the bot starts anew.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS);
  });
}

/** @param {News} news */
async function hear(news) {
  const before = section().dataset.state;
  if (news.state !== before || news.state === 'queued') {
    await refresh();
    if (news.state !== before) tell(news.state);
    if (!underWay.includes(news.state)) compare();
    return;
  }
  if (news.state !== 'painting') return;
  const percent = Math.floor(news.progress * 100);
  document.title = `${percent} % · Pentimento`;
  const words = document.getElementById('words');
  if (words !== null) words.textContent = `Painting: ${percent} %`;
  document.getElementById('progress')?.setAttribute('value', String(percent));
  const sketch = document.getElementById('sketch');
  const src = `/paintings/${section().dataset.id ?? ''}/sketch?${news.sketches}`;
  if (news.sketches > 0 && sketch === null) await refresh();
  // Each sketch is fetched once, however many strokes come between it and the next.
  else if (sketch?.getAttribute('src') !== src) sketch?.setAttribute('src', src);
  // Those who listen are told now and then, not with every stroke.
  const quarter = Math.floor(percent / 25);
  if (quarter > said) announce(`Painting: ${quarter * 25} percent.`);
  said = quarter;
}

let running = Promise.resolve();
/** @type {Promise<void> | undefined} */
let next;

/** Asks for the page anew: what is under way was asked for before the newest news, so once more when that has come. */
function refresh() {
  next ??= running.then(() => {
    next = undefined;
    running = fetchAnew();
    return running;
  });
  return next;
}

async function fetchAnew() {
  const text = await fetch(location.href)
    .then((response) => (response.ok ? response.text() : undefined))
    .catch(() => undefined); // the stream of events tells of a lost connection
  if (text === undefined) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  const fresh = page.getElementById('render');
  if (fresh === null) return;
  const hadFocus = section().contains(document.activeElement);
  section().replaceWith(fresh);
  document.title = page.title;
  if (!hadFocus) return;
  const title = document.getElementById('title');
  title?.setAttribute('tabindex', '-1');
  title?.focus();
}

/** @param {News['state']} state */
function tell(state) {
  announce(
    {
      queued: 'In the line.',
      painting: 'It is being painted now.',
      painted: 'The picture is painted.',
      failed: 'This did not work out.',
      cancelled: 'Taken out of the line.',
    }[state],
  );
}

/** Puts the photo over the picture, as far as a slider says. */
function compare() {
  /** @type {HTMLElement | null} */
  const box = document.querySelector('[data-compare]:not(.ready)');
  if (box === null) return;
  const slider = el('input', {
    type: 'range',
    min: '0',
    max: '100',
    value: '0',
    'aria-label': 'How much of the photo covers the picture',
    oninput: () => box.style.setProperty('--split', `${slider.value}%`),
  });
  box.append(slider);
  box.classList.add('ready');
  const hint = el(
    'p',
    { className: 'split-hint' },
    'Drag across the picture to see the photo under it.',
  );
  box.closest('.stage')?.after(hint);
}

follow();
