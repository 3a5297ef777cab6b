// @ts-check
/* global URL, fetch */
import { el, problemLine } from './dom.js';

/**
 * @typedef {{ kind: 'photo' | 'painting', title: string, alt: string, url: string }} Sample
 * @typedef {{ file: Blob, description: string }} Chosen
 */

const acceptedTypes = 'image/jpeg,image/png,image/gif,image/webp,image/avif,image/tiff';
const largest = 16 * 1024 * 1024;

/** A frame into which one puts a picture: by dropping it, by choosing a file, or by taking a sample. */
export class Picker {
  #kind;
  /** @type {Blob | undefined} */
  #file;
  #problem = problemLine();
  #picture = el('img', { className: 'chosen', alt: '', hidden: true });
  #input;
  #remove;
  #description;
  #describe;
  #frame;

  /**
   * @param {'photo' | 'painting'} kind
   * @param {readonly Sample[]} samples
   */
  constructor(kind, samples) {
    this.#kind = kind;
    this.#input = el('input', {
      type: 'file',
      accept: acceptedTypes,
      className: 'visually-hidden',
      onchange: () => {
        const [file] = this.#input.files ?? [];
        if (file !== undefined) this.#choose(file, '');
        // Otherwise choosing the same file once more would be no change, and go unnoticed.
        this.#input.value = '';
      },
    });
    this.#remove = el(
      'button',
      { type: 'button', className: 'remove', hidden: true, onclick: () => this.#clearByHand() },
      `Remove ${kind}`,
    );
    this.#description = el('textarea', {
      rows: 2,
      maxLength: 1500,
      placeholder: `What does the ${kind} show?`,
    });
    this.#describe = el(
      'label',
      { className: 'description', hidden: true },
      el('span', {}, `Describe the ${kind}`),
      this.#description,
    );
    this.#frame = el(
      'div',
      { className: 'frame' },
      el(
        'label',
        { className: 'drop' },
        this.#input,
        el('strong', {}, `Choose a ${kind}`),
        el('span', {}, 'or drop it here'),
      ),
      this.#picture,
      this.#remove,
    );
    this.element = el(
      'fieldset',
      {
        className: `picker ${kind}`,
        ondragover: (/** @type {DragEvent} */ event) => this.#dragOver(event),
        ondragleave: () => this.#frame.classList.remove('over'),
        ondrop: (/** @type {DragEvent} */ event) => this.#drop(event),
      },
      el('legend', {}, kind === 'photo' ? 'Photo' : 'Painting'),
      this.#frame,
      samples.length > 0 && this.#sampleRow(samples),
      this.#describe,
      this.#problem,
    );
  }

  /** @returns {Chosen | undefined} */
  get chosen() {
    return this.#file && { file: this.#file, description: this.#description.value.trim() };
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.#problem.say(sentence);
  }

  focus() {
    (this.#file === undefined ? this.#input : this.#remove).focus();
  }

  clear() {
    this.#show(undefined);
    this.#description.value = '';
  }

  #clearByHand() {
    this.clear();
    this.#input.focus();
  }

  /**
   * @param {Blob} file
   * @param {string} description
   */
  #choose(file, description) {
    if (!acceptedTypes.split(',').includes(file.type)) {
      this.complain('Please choose a JPEG, PNG, GIF, WebP, AVIF or TIFF picture.');
      return;
    }
    if (file.size > largest) {
      this.complain('This picture is too large: at most 16 MB can be sent.');
      return;
    }
    this.#show(file);
    this.#description.value = description;
  }

  /** @param {Blob | undefined} file */
  #show(file) {
    if (this.#picture.src !== '') URL.revokeObjectURL(this.#picture.src);
    this.#picture.removeAttribute('src');
    if (file !== undefined) this.#picture.src = URL.createObjectURL(file);
    this.#file = file;
    this.#picture.hidden = file === undefined;
    this.#picture.alt = file === undefined ? '' : `The ${this.#kind} you have chosen`;
    this.#remove.hidden = file === undefined;
    this.#describe.hidden = file === undefined;
    this.#frame.classList.toggle('filled', file !== undefined);
    this.complain('');
  }

  /** @param {DragEvent} event */
  #dragOver(event) {
    event.preventDefault();
    this.#frame.classList.add('over');
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    this.#frame.classList.remove('over');
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) this.#choose(file, '');
  }

  /** @param {readonly Sample[]} samples */
  #sampleRow(samples) {
    const take = async (/** @type {Sample} */ sample) => {
      try {
        const response = await fetch(sample.url);
        if (!response.ok) throw new Error(response.statusText);
        this.#choose(await response.blob(), sample.alt);
      } catch {
        this.complain('This sample could not be fetched. Please try another.');
      }
    };
    return el(
      'div',
      { className: 'samples', role: 'group', 'aria-label': `Sample ${this.#kind}s` },
      ...samples.map((sample) =>
        el(
          'button',
          { type: 'button', title: sample.title, onclick: () => void take(sample) },
          el('img', { src: sample.url, alt: sample.title, width: 44, height: 44 }),
        ),
      ),
    );
  }
}
