// @ts-check
/* global document, setTimeout */

/**
 * Makes an element. Properties go to the element itself where it has them (`className`, `textContent`), to listeners
 * where their name begins with `on`, and to attributes otherwise. There is no way to give it HTML, and that is the
 * point: text from people only ever becomes text.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Readonly<Record<string, unknown>>} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (typeof value === 'function') {
      element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    } else if (key in element && key !== 'list') {
      Reflect.set(element, key, value);
    } else {
      element.setAttribute(key, String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/**
 * Does what a button is for, and does not hear its presses meanwhile. Disabling it would take the focus away, and with it
 * the place of whoever works with the keyboard.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 */
export async function whileBusy(button, work) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    await work();
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

let isPointerDown = false;
for (const type of ['pointerdown', 'pointerup', 'pointercancel']) {
  document.addEventListener(type, () => (isPointerDown = type === 'pointerdown'), true);
}

/**
 * Waits until a click that may be under way is over. Leaving a field by a click sends news of the field while the
 * button is still pressed; if the page moved at that moment, the click would miss what it was aimed at.
 * @returns {Promise<void>}
 */
export async function pointerReleased() {
  while (isPointerDown) {
    await new Promise((resolve) => {
      for (const type of ['pointerup', 'pointercancel']) {
        // The click comes right after; a timer comes after that.
        document.addEventListener(type, () => setTimeout(resolve), { once: true });
      }
    });
  }
}

/**
 * The element of that id in the page; the page is ours, so it is there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element;
}

/**
 * Says something to those who listen to the page rather than look at it.
 * @param {string} sentence
 */
export function announce(sentence) {
  byId('announcer').textContent = sentence;
}

/**
 * A place for a sentence about what went wrong, right where it did.
 * @returns {HTMLParagraphElement & { say: (sentence: string) => void }}
 */
export function problemLine() {
  const line = el('p', { className: 'problem', role: 'alert' });
  return Object.assign(line, {
    /** @param {string} sentence */
    say(sentence) {
      line.textContent = sentence;
    },
  });
}
