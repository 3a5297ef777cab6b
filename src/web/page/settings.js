// @ts-check
import { el } from './dom.js';

/**
 * A control as the server describes it, out of the same table by which the bot reads hashtags.
 * @typedef {{ kind: 'number', name: string, spellings: string[], help: string, words: Record<string, number>,
 *     min: number, max: number, default: number, unit: string }
 *   | { kind: 'choice', name: string, spellings: string[], help: string, shortcuts: Record<string, string>,
 *     choices: string[], default: string }
 *   | { kind: 'action', name: string, spellings: string[], help: string }} Control
 */

/**
 * Controls that write hashtags into a message, so that one sees what one would write elsewhere; and show what the
 * message says.
 */
export class Settings {
  #message;
  /** @type {(() => void)[]} */
  #shows = [];

  /**
   * @param {HTMLTextAreaElement} message
   * @param {readonly Control[]} controls
   */
  constructor(message, controls) {
    this.#message = message;
    this.element = el(
      'details',
      { className: 'settings' },
      el('summary', {}, 'More settings'),
      el('div', { className: 'controls' }, ...controls.map((control) => this.#field(control))),
    );
    message.addEventListener('input', () => this.show());
    this.show();
  }

  /** Shows what the message says. */
  show() {
    for (const show of this.#shows) show();
  }

  /** @param {Control} control */
  #field(control) {
    const id = `setting-${control.name}`;
    const hint = `${id}-hint`;
    const label = control.name.charAt(0).toUpperCase() + control.name.slice(1);
    const common = { id, 'aria-describedby': hint };
    /** @param {string} hashtag */
    const write = (hashtag) => this.#write(control, hashtag);
    /** @param {(Node | string)[]} inside */
    const row = (...inside) =>
      el(
        'div',
        { className: 'control' },
        ...inside,
        el('p', { className: 'hint', id: hint }, control.help),
      );
    const said = () => valueIn(this.#message.value, control);
    switch (control.kind) {
      case 'number': {
        const { min, max, unit } = control;
        const byDefault = String(control.default);
        const isShare = unit === '%';
        const shown = el('output', { htmlFor: id });
        const input = el('input', {
          ...common,
          type: isShare ? 'range' : 'number',
          min: String(min),
          max: String(max),
          step: isShare ? '5' : '1',
          oninput: () => {
            shown.textContent = isShare ? `${input.value} ${unit}` : '';
            const isUsual = input.value === byDefault || input.value === '';
            write(isUsual ? '' : `#${control.name}${input.value}`);
          },
        });
        this.#shows.push(() => {
          if (input.ownerDocument.activeElement === input) return; // somebody is typing
          input.value = said() ?? byDefault;
          shown.textContent = isShare ? `${input.value} ${unit}` : '';
        });
        return row(el('label', { htmlFor: id }, label, ' ', shown), input);
      }
      case 'choice': {
        const select = el(
          'select',
          {
            ...common,
            onchange: () =>
              write(select.value === control.default ? '' : `#${control.name} ${select.value}`),
          },
          ...control.choices.map((choice) => el('option', { value: choice }, choice)),
        );
        this.#shows.push(() => {
          const value = said();
          select.value = value && control.choices.includes(value) ? value : control.default;
        });
        return row(el('label', { htmlFor: id }, label), select);
      }
      case 'action': {
        const box = el('input', {
          ...common,
          type: 'checkbox',
          onchange: () => write(box.checked ? `#${control.name}` : ''),
        });
        this.#shows.push(() => (box.checked = said() !== undefined));
        return row(el('label', { htmlFor: id }, box, ' ', label));
      }
    }
  }

  /**
   * Writes a hashtag into the message in place of what it says of that; '' for what goes without saying.
   * @param {Control} control
   * @param {string} hashtag
   */
  #write(control, hashtag) {
    const rest = this.#message.value
      .replace(patternOf(control), ' ')
      .replace(/[ \t]+/g, ' ')
      .trim();
    this.#message.value = [rest, hashtag].filter((part) => part !== '').join(' ');
  }
}

/**
 * Where a message says something of a control, in the ways that people mostly write it.
 * @param {Control} control
 */
function patternOf(control) {
  const name = `(?:${control.spellings.join('|')})`;
  switch (control.kind) {
    case 'number': {
      const value = ['\\d+', ...Object.keys(control.words)].join('|');
      return new RegExp(`#${name}[ :=_]*(${value})%?(?![\\w])`, 'gi');
    }
    case 'choice': {
      const shortcuts = ['(?!)', ...Object.keys(control.shortcuts)].join('|');
      return new RegExp(
        `#(?:${name}[ :=_]*(${control.choices.join('|')})|(${shortcuts}))(?![\\w])`,
        'gi',
      );
    }
    case 'action':
      return new RegExp(`#(${name})(?![\\w])`, 'gi');
  }
}

/**
 * What a message says of a control; undefined if nothing.
 * @param {string} message
 * @param {Control} control
 */
function valueIn(message, control) {
  const [, value, shortcut] = [...message.matchAll(patternOf(control))].at(-1) ?? [];
  const said = (value ?? shortcut)?.toLowerCase();
  if (said === undefined) return undefined;
  if (control.kind === 'number') return String(control.words[said] ?? said);
  return control.kind === 'choice' ? (control.shortcuts[said] ?? said) : said;
}
