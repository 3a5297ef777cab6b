// @ts-check
import { ApiFailure, newKey, sentenceOf } from './api.js';
import { announce, el, problemLine, whileBusy } from './dom.js';
import { NameField } from './name-field.js';
import { Picker } from './picker.js';
import { Settings } from './settings.js';

/** @import { Api, MediaAttachment, Status } from './api.js' */
/** @import { Chosen, Sample } from './picker.js' */
/** @import { Control } from './settings.js' */

/** What stands in the message at first: one hashtag, so that one sees that there are some. */
const firstMessage = '#strength60';

/** The HTTP statuses by which the server refuses what was sent, and not that it was sent. */
const refusals = [413, 422];

/** The form at the easel: a name, a photo, a painting, a message. */
export class Composer {
  #api;
  #bot;
  #onPosted;
  #photoIsEnough;
  #settings;
  #name;
  #photo;
  #painting;
  #message = el('textarea', {
    id: 'message',
    rows: 2,
    maxLength: 450,
    value: firstMessage,
    'aria-describedby': 'message-hint',
  });
  #problem = problemLine();
  #button = el('button', { type: 'submit', className: 'primary' }, 'Paint it');
  #key = newKey();
  /** @type {WeakMap<Blob, { owner: string, description: string, attachment: MediaAttachment }>} */
  #uploads = new WeakMap();

  /**
   * @param {HTMLElement} form
   * @param {{ api: Api, bot: string, samples: readonly Sample[], controls: readonly Control[],
   *   photoIsEnough: readonly string[], onPosted: (status: Status) => void, onSignedIn: () => void }} options
   */
  constructor(form, { api, bot, samples, controls, photoIsEnough, onPosted, onSignedIn }) {
    this.#api = api;
    this.#bot = bot;
    this.#onPosted = onPosted;
    this.#photoIsEnough = new RegExp(`#(${photoIsEnough.join('|')})(?![a-z])`, 'i');
    this.#settings = new Settings(this.#message, controls);
    this.#name = new NameField(api, onSignedIn);
    this.#photo = new Picker('photo', ofKind(samples, 'photo'));
    this.#painting = new Picker('painting', ofKind(samples, 'painting'));
    form.append(
      this.#name.element,
      el('div', { className: 'pickers' }, this.#photo.element, this.#painting.element),
      el(
        'div',
        { className: 'field' },
        el('label', { htmlFor: 'message' }, `Message to @${bot}`),
        this.#message,
        el(
          'p',
          { className: 'hint', id: 'message-hint' },
          'Hashtags tune the picture: #strength0 is all photo, #strength100 all painting. With #style or #dream, a photo is enough; #help tells more.',
        ),
      ),
      this.#settings.element,
      this.#problem,
      this.#button,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void whileBusy(this.#button, () => this.#submit());
    });
    form.addEventListener('input', () => this.#problem.say(''));
  }

  /** Brings the person to the field that is missing before anything can be posted. */
  askForName() {
    this.#name.ask();
  }

  async #submit() {
    this.#problem.say('');
    try {
      // Whoever is quicker than their pictures means the ones chosen last.
      for (const picker of [this.#photo, this.#painting])
        if (!(await picker.settled())) {
          picker.focus();
          return;
        }
      if (!(await this.#name.signIn())) {
        this.#name.focus();
        return;
      }
      const pictures = this.#pictures();
      if (pictures === undefined) return;
      const mediaIds = [];
      for (const { picker, picture } of pictures) {
        this.#progress(`Sending the ${picker.kind}…`);
        try {
          mediaIds.push((await this.#upload(picture)).id);
        } catch (error) {
          if (!(error instanceof ApiFailure) || !refusals.includes(error.status)) throw error;
          picker.complain(error.message);
          picker.focus();
          return;
        }
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
      this.#settings.show();
      announce('Posted. The answer will appear on the wall.');
      this.#onPosted(status);
    } catch (error) {
      this.#problem.say(sentenceOf(error));
    } finally {
      this.#button.textContent = 'Paint it';
    }
  }

  /** The pictures that it takes; undefined if one is missing, which is then said where it is. */
  #pictures() {
    const [photo, painting] = [this.#photo.chosen, this.#painting.chosen];
    const isEnough = painting !== undefined || this.#photoIsEnough.test(this.#message.value);
    this.#photo.complain(photo ? '' : 'A photo is needed here.');
    this.#painting.complain(
      isEnough ? '' : 'A painting is needed here. Or write #style, or #dream.',
    );
    if (photo && isEnough) {
      return [
        { picker: this.#photo, picture: photo },
        ...(painting ? [{ picker: this.#painting, picture: painting }] : []),
      ];
    }
    (photo ? this.#painting : this.#photo).focus();
    return undefined;
  }

  /**
   * Uploads a picture, unless an attempt before this one has done so already.
   * @param {Chosen} picture
   */
  async #upload({ file, description }) {
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
