// @ts-check
import { sentenceOf } from './api.js';
import { el, pointerReleased, problemLine } from './dom.js';

/** @import { Api } from './api.js' */

const nameNeeded = 'Please choose a name, so that the bot knows whom to answer.';

/** Where one says as whom one posts; leaving the field signs in. */
export class NameField {
  #api;
  #onSignedIn;
  #input;
  #hint = el('p', { className: 'hint', id: 'name-hint' });
  #problem = problemLine();
  /** @type {Promise<boolean> | undefined} */
  #signingIn;

  /**
   * @param {Api} api
   * @param {() => void} onSignedIn
   */
  constructor(api, onSignedIn) {
    this.#api = api;
    this.#onSignedIn = onSignedIn;
    this.#input = el('input', {
      id: 'name',
      type: 'text',
      autocomplete: 'nickname',
      autocapitalize: 'none',
      spellcheck: false,
      maxLength: 30,
      value: api.name,
      'aria-describedby': 'name-hint',
      onchange: () => void pointerReleased().then(() => this.signIn()),
    });
    this.element = el(
      'div',
      { className: 'field' },
      el('label', { htmlFor: 'name' }, 'Your name'),
      this.#input,
      this.#hint,
      this.#problem,
    );
    this.#showName();
  }

  focus() {
    this.#input.focus();
  }

  /** Brings the person to the field that is missing before anything can be posted. */
  ask() {
    this.#problem.say(nameNeeded);
    this.focus();
  }

  /**
   * Signs in with the name in the field, unless that has been done; tells whether somebody is signed in then. Leaving
   * the field and sending the form may both ask for this at one time; once is enough.
   */
  signIn() {
    this.#signingIn ??= this.#signInNow().finally(() => (this.#signingIn = undefined));
    return this.#signingIn;
  }

  /** @returns {Promise<boolean>} */
  async #signInNow() {
    const name = this.#input.value.trim().replace(/^@/, '');
    if (this.#api.isSignedIn && name === this.#api.name) {
      this.#problem.say('');
      return true;
    }
    if (name === '') {
      this.#problem.say(nameNeeded);
      return false;
    }
    try {
      await this.#api.signIn(name);
      this.#problem.say('');
    } catch (error) {
      this.#problem.say(sentenceOf(error));
      return false;
    } finally {
      this.#showName();
    }
    this.#onSignedIn();
    return true;
  }

  #showName() {
    this.#hint.textContent = this.#api.isSignedIn
      ? `You post as @${this.#api.name}.`
      : 'Letters a–z, digits and _, up to 30.';
  }
}
