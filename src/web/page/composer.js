// @ts-check
import { newKey, sentenceOf } from './api.js';
import { announce, el, pointerReleased, problemLine } from './dom.js';
import { Picker } from './picker.js';

/** @import { Api, MediaAttachment, Status } from './api.js' */
/** @import { Sample } from './picker.js' */

/** What stands in the message at first: one hashtag, so that one sees that there are some. */
const firstMessage = '#strength60';

/** The form at the easel: a name, a photo, a painting, a message. */
export class Composer {
  #api;
  #bot;
  #onPosted;
  #onSignedIn;
  #name;
  #nameProblem = problemLine();
  #signedInAs = el('p', { className: 'hint', id: 'name-hint' });
  #photo;
  #painting;
  #message = el('textarea', { id: 'message', rows: 2, maxLength: 450, value: firstMessage });
  #problem = problemLine();
  #button = el('button', { type: 'submit', className: 'primary' }, 'Paint it');
  #key = newKey();
  /** @type {Promise<boolean> | undefined} */
  #signingIn;
  /** @type {WeakMap<Blob, { owner: string, description: string, attachment: MediaAttachment }>} */
  #uploads = new WeakMap();

  /**
   * @param {HTMLElement} form
   * @param {{ api: Api, bot: string, samples: readonly Sample[], onPosted: (status: Status) => void,
   *   onSignedIn: () => void }} options
   */
  constructor(form, { api, bot, samples, onPosted, onSignedIn }) {
    this.#api = api;
    this.#bot = bot;
    this.#onPosted = onPosted;
    this.#onSignedIn = onSignedIn;
    this.#name = el('input', {
      id: 'name',
      type: 'text',
      autocomplete: 'nickname',
      autocapitalize: 'none',
      spellcheck: false,
      maxLength: 30,
      value: api.name,
      'aria-describedby': 'name-hint',
      onchange: () => void pointerReleased().then(() => this.#signInOnce()),
    });
    this.#photo = new Picker('photo', ofKind(samples, 'photo'));
    this.#painting = new Picker('painting', ofKind(samples, 'painting'));
    form.append(
      el(
        'div',
        { className: 'field' },
        el('label', { htmlFor: 'name' }, 'Your name'),
        this.#name,
        this.#signedInAs,
        this.#nameProblem,
      ),
      el('div', { className: 'pickers' }, this.#photo.element, this.#painting.element),
      el(
        'div',
        { className: 'field' },
        el('label', { htmlFor: 'message' }, `Message to @${bot}`),
        this.#message,
        el('p', { className: 'hint' }, 'Hashtags tune it: more strength, more painting.'),
      ),
      this.#problem,
      this.#button,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#showName();
  }

  /** Leaving the field and sending the form may both ask for this at one time; once is enough. */
  #signInOnce() {
    this.#signingIn ??= this.#signIn().finally(() => (this.#signingIn = undefined));
    return this.#signingIn;
  }

  /**
   * Signs in with the name in the field, unless that has been done; tells whether somebody is signed in then.
   * @returns {Promise<boolean>}
   */
  async #signIn() {
    const name = this.#name.value.trim().replace(/^@/, '');
    if (this.#api.isSignedIn && name === this.#api.name) {
      this.#nameProblem.say('');
      return true;
    }
    if (name === '') {
      this.#nameProblem.say('Please choose a name, so that the bot knows whom to answer.');
      return false;
    }
    try {
      await this.#api.signIn(name);
      this.#nameProblem.say('');
    } catch (error) {
      this.#nameProblem.say(sentenceOf(error));
      return false;
    } finally {
      this.#showName();
    }
    this.#onSignedIn();
    return true;
  }

  /** Brings the person to the field that is missing before anything can be posted. */
  askForName() {
    this.#nameProblem.say('Please choose a name, so that the bot knows whom to answer.');
    this.#name.focus();
  }

  #showName() {
    this.#signedInAs.textContent = this.#api.isSignedIn
      ? `You post as @${this.#api.name}.`
      : 'Any name will do; it is only known here.';
  }

  async #submit() {
    if (this.#button.disabled) return;
    this.#problem.say('');
    this.#button.disabled = true;
    try {
      if (!(await this.#signInOnce())) {
        this.#name.focus();
        return;
      }
      const pictures = this.#pictures();
      if (pictures === undefined) return;
      const mediaIds = [];
      for (const [index, { file, description }] of pictures.entries()) {
        this.#progress(`Sending the ${index === 0 ? 'photo' : 'painting'}…`);
        mediaIds.push((await this.#upload(file, description)).id);
      }
      this.#progress('Posting…');
      const status = await this.#api.post(
        { status: `@${this.#bot} ${this.#message.value}`.trim(), media_ids: mediaIds },
        this.#key,
      );
      this.#key = newKey();
      this.#photo.clear();
      this.#painting.clear();
      this.#message.value = firstMessage;
      announce('Posted. The answer will appear on the wall.');
      this.#onPosted(status);
    } catch (error) {
      this.#problem.say(sentenceOf(error));
    } finally {
      this.#button.disabled = false;
      this.#button.textContent = 'Paint it';
    }
  }

  /** The two pictures; undefined if one is missing, which is then said where it is. */
  #pictures() {
    const [photo, painting] = [this.#photo.chosen, this.#painting.chosen];
    this.#photo.complain(photo ? '' : 'A photo is needed here.');
    this.#painting.complain(painting ? '' : 'A painting is needed here.');
    if (photo && painting) return [photo, painting];
    (photo ? this.#painting : this.#photo).focus();
    return undefined;
  }

  /**
   * Uploads a picture, unless an attempt before this one has done so already.
   * @param {Blob} file
   * @param {string} description
   */
  async #upload(file, description) {
    const owner = this.#api.name;
    const known = this.#uploads.get(file);
    if (known?.owner === owner && known.description === description) return known.attachment;
    const attachment = await this.#api.upload(file, description);
    this.#uploads.set(file, { owner, description, attachment });
    return attachment;
  }

  /** @param {string} words */
  #progress(words) {
    this.#button.textContent = words;
    announce(words);
  }
}

/**
 * @param {readonly Sample[]} samples
 * @param {Sample['kind']} kind
 */
function ofKind(samples, kind) {
  return samples.filter((sample) => sample.kind === kind);
}
