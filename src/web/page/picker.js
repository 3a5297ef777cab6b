// @ts-check
/* global Event, fetch */
import { el, problemLine } from './dom.js';
import { acceptedTypes, lookAt } from './picture-file.js';

/**
 * @typedef {{ kind: 'photo' | 'painting', title: string, alt: string, url: string, thumbnail: string }} Sample
 * @typedef {{ file: Blob, description: string }} Chosen
 */

/**
 * A frame into which one puts a picture: by dropping it, by choosing a file, or by taking a sample. Like a field, its
 * element sends `input` whenever a person does something with it.
 */
export class Picker {
  /** @type {{ file: Blob, preview: HTMLElement } | undefined} */
  #hung;
  /** The choice under way, if any: whether it was hung, or taken over by a later one. @type {Promise<boolean> | undefined} */
  #choice;
  #problem = problemLine();
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
    this.kind = kind;
    this.#problem.id = `${kind}-problem`;
    this.#input = el('input', {
      type: 'file',
      accept: acceptedTypes,
      className: 'visually-hidden',
      'aria-describedby': this.#problem.id,
      onchange: () => {
        const [file] = this.#input.files ?? [];
        if (file !== undefined) this.#choose(file, '');
        // Otherwise choosing the same file once more would be no change, and go unnoticed.
        this.#input.value = '';
      },
    });
    this.#remove = el(
      'button',
      {
        type: 'button',
        className: 'remove',
        'aria-label': `Remove ${kind}`,
        title: `Remove ${kind}`,
        hidden: true,
        onclick: () => this.#clearByHand(),
      },
      '✕',
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
    return this.#hung && { file: this.#hung.file, description: this.#description.value.trim() };
  }

  /** Waits for a picture that is only just being looked at. @returns whether there was no reason to refuse it */
  async settled() {
    return (await this.#choice) ?? true;
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.#problem.say(sentence);
  }

  focus() {
    this.#input.focus();
  }

  clear() {
    this.#choice = undefined;
    this.#hang(undefined, '');
  }

  #clearByHand() {
    this.clear();
    this.focus();
    this.#sendInput();
  }

  /**
   * Hangs a picture in place of the one before; or says why not, and leaves that one.
   * @param {Blob | Promise<Blob>} picture
   * @param {string} description
   */
  #choose(picture, description) {
    const look = async () => {
      const file = await picture;
      return { file, ...(await lookAt(file, `The ${this.kind} you have chosen`)) };
    };
    const unfetched = { refusal: 'This sample could not be fetched. Please try another.' };
    const choice = look()
      .catch(() => unfetched)
      .then((seen) => {
        // Another one may have been chosen while this one was loading.
        if (this.#choice !== choice) return true;
        this.#choice = undefined;
        if ('refusal' in seen) this.complain(seen.refusal);
        else this.#hang(seen, description);
        return !('refusal' in seen);
      });
    this.#choice = choice;
    this.complain('');
    this.#sendInput();
  }

  /**
   * @param {{ file: Blob, preview: HTMLElement } | undefined} picture
   * @param {string} description
   */
  #hang(picture, description) {
    this.#hung?.preview.remove();
    this.#hung = picture;
    if (picture !== undefined) this.#remove.before(picture.preview);
    this.#remove.hidden = picture === undefined;
    this.#describe.hidden = picture === undefined;
    this.#description.value = description;
    this.#frame.classList.toggle('filled', picture !== undefined);
    this.complain('');
  }

  #sendInput() {
    this.element.dispatchEvent(new Event('input', { bubbles: true }));
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
    const fetched = async (/** @type {Sample} */ { url }) => {
      const response = await fetch(url);
      if (!response.ok) throw new Error(response.statusText);
      return response.blob();
    };
    return el(
      'div',
      { className: 'samples', role: 'group', 'aria-label': `Sample ${this.kind}s` },
      ...samples.map((sample) =>
        el(
          'button',
          {
            type: 'button',
            title: sample.title,
            onclick: () => this.#choose(fetched(sample), sample.alt),
          },
          el('img', { src: sample.thumbnail, alt: sample.title, width: 44, height: 44 }),
        ),
      ),
    );
  }
}
