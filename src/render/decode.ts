import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { pictureOf, type Picture, type Size } from '../style/picture.js';
import { PictureError } from './job.js';

/** Enough for any camera; a file that claims more is a decompression bomb or a map. */
const MAX_PIXELS = 100e6;
/** Below this a picture has nothing to paint, neither as it comes nor as it is scaled. */
const MIN_SIDE = 16;
/** Longer pictures than this shape keep the area, not the longest side, or nothing would be left of their height. */
const MAX_ASPECT = 4;
/** Still longer ones cannot be scaled to a sensible size and keep MIN_SIDE. */
const MAX_PANORAMA = 100;

// The formats that people post. What else the library could open (SVG, PDF, …) is a way in for attackers.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map(
    (name) => `VipsForeignLoad${name}`,
  ),
});
// A file is read once; remembering it would only hold memory.
sharp.cache(false);

/** How large a picture comes in: exactly as planned by `sizeFor`, or only shrunk to it if it is larger. */
export type Fit = 'exactly' | 'at most';

/**
 * Reads a picture file as upright sRGB, on white where it is transparent, at the size that `sizeFor` plans.
 * Animations give their first frame.
 * @throws PictureError
 */
export async function decodePicture(file: string, longest: number, fit: Fit): Promise<Picture> {
  await requireContents(file);
  const image = sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
  try {
    const { autoOrient } = await image.metadata();
    requirePixels(file, autoOrient);
    const planned = sizeFor(autoOrient, longest);
    const size = fit === 'exactly' || planned.width < autoOrient.width ? planned : autoOrient;
    const { data, info } = await image
      .autoOrient()
      .resize({ ...size, fit: 'fill' })
      .flatten({ background: 'white' })
      // To sRGB even if the picture has 16 bits and a profile, which sharp would otherwise leave as Display P3.
      .withIccProfile('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return pictureOf(info, (channel, y, x) => {
      // Gray pictures come with one channel.
      const plane = Math.min(channel, info.channels - 1);
      return (data[(y * info.width + x) * info.channels + plane] ?? 0) / 255;
    });
  } catch (error) {
    throw asPictureError(error, file);
  }
}

/**
 * The size of a picture scaled so that its longest side is `longest`; or, if it is longer than 4:1, so that it has
 * as many pixels as a 4:1 picture would, and at least MIN_SIDE across, but never more than it came with.
 */
export function sizeFor({ width, height }: Size, longest: number): Size {
  const bySide = longest / Math.max(width, height);
  const byArea = longest / Math.sqrt(MAX_ASPECT * width * height); // more than bySide beyond 4:1
  const byMinimum = MIN_SIDE / Math.min(width, height);
  const factor = Math.max(bySide, Math.min(1, Math.max(byArea, byMinimum)));
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

async function requireContents(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined) throw new PictureError('missing', file, 'There is no such file.');
  if (!stats.isFile()) throw new PictureError('not a picture', file, 'This is not a file.');
  if (stats.size === 0) throw new PictureError('empty', file, 'The file is empty.');
}

function requirePixels(file: string, { width, height }: Size): void {
  const size = `${width}×${height} pixels`;
  if (width * height > MAX_PIXELS)
    throw new PictureError(
      'too many pixels',
      file,
      `The picture has ${size}; the limit is ${MAX_PIXELS / 1e6} megapixels.`,
    );
  if (Math.min(width, height) < MIN_SIDE)
    throw new PictureError(
      'too small',
      file,
      `The picture has only ${size}; it takes at least ${MIN_SIDE} on each side.`,
    );
  if (Math.max(width, height) > MAX_PANORAMA * Math.min(width, height))
    throw new PictureError(
      'too small',
      file,
      `The picture has ${size}, too narrow a strip; ${MAX_PANORAMA}:1 is the limit.`,
    );
}

function asPictureError(error: unknown, file: string): unknown {
  if (error instanceof PictureError || !(error instanceof Error)) return error;
  if (error.message.includes('pixel limit'))
    return new PictureError(
      'too many pixels',
      file,
      `The picture is larger than ${MAX_PIXELS / 1e6} megapixels, which is the limit.`,
    );
  if (/unsupported image format|blocked/.test(error.message))
    return new PictureError(
      'not a picture',
      file,
      'This is not a picture that can be read here (JPEG, PNG, WebP, AVIF, GIF and TIFF can).',
    );
  return new PictureError('damaged', file, 'The picture is damaged or cut short.');
}
