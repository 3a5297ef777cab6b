// @ts-check
/* global document, DataTransfer, Event */
import { lookAt } from './picture-file.js';

/*
 * Makes the form more pleasant: pictures can be dropped and pasted, and are seen before they are sent. Without it the form works
 * as well.
 */

document.documentElement.classList.add('scripted');

/** @type {NodeListOf<HTMLElement>} */
const zones = document.querySelectorAll('[data-drop]');
for (const zone of zones) {
  const input = zone.querySelector('input');
  const shown = zone.querySelector('img');
  const problem = zone.querySelector('.problem');
  if (input === null || shown === null || problem === null) continue;
  /** @type {HTMLElement | undefined} */
  let preview;
  /** @param {HTMLElement} [next] in place of the one before, and of what the page came with */
  const show = (next) => {
    preview?.remove();
    preview = next;
    shown.hidden = true;
    if (next) shown.after(next);
  };
  const rival = input.name === 'photo' ? 'sample' : 'style';

  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    problem.textContent = '';
    if (file === undefined) return show();
    const looked = await lookAt(file, '');
    // Meanwhile another one may have been chosen.
    if (input.files?.[0] !== file) return;
    if ('refusal' in looked) {
      problem.textContent = looked.refusal;
      input.value = '';
      return show();
    }
    show(looked.preview);
    uncheck(rival);
  });

  // One of ours takes the place of one's own.
  for (const radio of radios(rival))
    radio.addEventListener('change', () => {
      input.value = '';
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });

  for (const type of ['dragenter', 'dragover'])
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add('over');
    });
  for (const type of ['dragleave', 'drop'])
    zone.addEventListener(type, () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    take(input, event.dataTransfer?.files);
  });
}

document.addEventListener('paste', (event) => {
  const input = document.querySelector('#photo');
  if (input?.tagName === 'INPUT')
    take(/** @type {HTMLInputElement} */ (input), event.clipboardData?.files);
});

/** @type {NodeListOf<HTMLInputElement>} */
const ranges = document.querySelectorAll('input[type=range]');
for (const range of ranges)
  range.addEventListener('input', () => {
    const output = document.querySelector(`output[for=${range.id}]`);
    if (output !== null) output.textContent = `${range.value} %`;
  });

const form = document.querySelector('form.easel');
form?.addEventListener('change', () => {
  const refusal = document.getElementById('problem');
  if (refusal !== null) refusal.textContent = '';
});
form?.addEventListener('submit', () => {
  const button = form.querySelector('button');
  button?.setAttribute('aria-disabled', 'true');
  if (button) button.textContent = 'Sending…';
});

/**
 * @param {HTMLInputElement} input
 * @param {FileList | undefined} files
 */
function take(input, files) {
  const [file] = files ?? [];
  if (file === undefined) return;
  const one = new DataTransfer();
  one.items.add(file);
  input.files = one.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * @param {string} name
 * @returns {NodeListOf<HTMLInputElement>}
 */
function radios(name) {
  return document.querySelectorAll(`input[type=radio][name=${name}]`);
}

/** @param {string} name */
function uncheck(name) {
  for (const radio of radios(name)) radio.checked = false;
}
