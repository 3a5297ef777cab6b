// @ts-check
/* global URL */
import { el } from './dom.js';

/** What may be chosen, as browsers call it. */
export const acceptedTypes = 'image/jpeg,image/png,image/gif,image/webp,image/avif,image/tiff';

/** As many bytes as the server takes. */
const largest = 16e6;

/** What can be painted but not shown by every browser, by its first bytes: TIFF in both byte orders, and AVIF. */
const readable = /^(?:II\*\0|MM\0\*|.{4}ftypavi[fs])/s;

/**
 * Looks at a file that somebody has chosen as a picture. Gives what to show of it: the picture itself, or words in its
 * place if only this browser cannot show it; or why it cannot be taken.
 * @param {Blob} file
 * @param {string} alt
 * @returns {Promise<{ preview: HTMLElement } | { refusal: string }>}
 */
export async function lookAt(file, alt) {
  if (!acceptedTypes.split(',').includes(file.type)) {
    return { refusal: 'Please choose a JPEG, PNG, GIF, WebP, AVIF or TIFF picture.' };
  }
  if (file.size === 0) return { refusal: 'This file is empty. Please choose another.' };
  if (file.size > largest) {
    return { refusal: 'This picture is too large: at most 16 MB can be sent.' };
  }
  const image = await shown(file, alt);
  if (image !== undefined) return { preview: image };
  // A file that has been moved away since it was chosen cannot be read either.
  const start = await file
    .slice(0, 12)
    .text()
    .catch(() => '');
  if (!readable.test(start)) {
    return { refusal: 'This file is not a picture, or it is damaged. Please choose another.' };
  }
  const words = 'It can be painted, but this browser cannot show it.';
  return { preview: el('p', { className: 'chosen unshown' }, words) };
}

/**
 * @param {Blob} file
 * @param {string} alt
 * @returns {Promise<HTMLImageElement | undefined>}
 */
async function shown(file, alt) {
  const url = URL.createObjectURL(file);
  const image = el('img', { className: 'chosen', alt, src: url });
  try {
    await new Promise((resolve, reject) => {
      image.addEventListener('load', resolve);
      image.addEventListener('error', reject);
    });
    return image;
  } catch {
    return undefined;
  } finally {
    // What is loaded stays; only its address is given back.
    URL.revokeObjectURL(url);
  }
}
