import sharp from 'sharp';
import type { OwnPicture } from './port.js';

/** What a network takes of a picture. */
export interface PictureLimits {
  readonly bytes: number;
  /** Width times height. */
  readonly pixels: number;
}

/** Down to where a JPEG begins to look like one. */
const QUALITIES = [90, 82, 74] as const;
/** Each side, when no quality was small enough. */
const SMALLER = 0.8;

/**
 * One of our own painted pictures, as it is if it fits, or else made to. (A stranger's picture would not be decoded
 * here, in the bot's own process.)
 * @throws Error if it is no picture
 */
export async function pictureWithin(
  { bytes: original, name }: OwnPicture,
  { bytes, pixels }: PictureLimits,
): Promise<File> {
  const { width, height, format } = await sharp(original).metadata();
  const isSmallEnough = width * height <= pixels;
  if (isSmallEnough && original.length <= bytes) return named(name, original, format);
  for (let scale = isSmallEnough ? 1 : Math.sqrt(pixels / (width * height)); ; scale *= SMALLER) {
    // Rounded down, for an instance counts the pixels exactly.
    const size = {
      width: Math.max(1, Math.floor(width * scale)),
      height: Math.max(1, Math.floor(height * scale)),
    };
    for (const quality of QUALITIES) {
      const jpeg = await sharp(original)
        .resize({ ...size, fit: 'fill' })
        .jpeg({ quality })
        .toBuffer();
      const isSmallest = size.width * size.height === 1;
      if (jpeg.length <= bytes || isSmallest) return named(name, jpeg, 'jpeg');
    }
  }
}

/** Some servers tell a file's kind by its name, some by its type; and to some, files of one name are one file. */
function named(name: string, data: Buffer, format: string): File {
  const ending = format === 'jpeg' ? 'jpg' : format;
  return new File([new Uint8Array(data)], `${name}.${ending}`, { type: `image/${format}` });
}
