// @ts-check
import { localPath } from './content.js';
import { el } from './dom.js';

/** @import { MediaAttachment } from './api.js' */

/** Formats that every browser shows; of others the preview is shown instead. */
const shown = /\.(?:jpg|png|gif|webp|avif)$/;

/**
 * A picture with the room that it needs reserved, and with its description for everybody to read.
 * @param {MediaAttachment} attachment
 * @param {boolean} large
 */
export function figure(attachment, large) {
  const { url, preview_url: preview, meta, description } = attachment;
  const full = large && shown.test(url);
  const { width, height } = full ? meta.original : meta.small;
  const image = el('img', {
    src: localPath(full ? url : preview),
    alt: description ?? '',
    width,
    height,
    loading: 'lazy',
    decoding: 'async',
  });
  // No higher than the window. A limit on the height would squeeze a picture that is not loaded yet.
  if (large) image.style.maxWidth = `min(100%, ${Math.round((80 * width) / height)}vh)`;
  return el(
    'figure',
    {},
    el('a', { href: localPath(url), target: '_blank' }, image),
    description === null
      ? null
      : el(
          'figcaption',
          {},
          el(
            'details',
            { className: 'alt', open: large },
            el('summary', {}, 'ALT'),
            el('p', {}, description),
          ),
        ),
  );
}
