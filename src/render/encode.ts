import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { CHANNELS, type Picture } from '../style/picture.js';

/** Endings by which a format is chosen. */
const encoders: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  // Brush strokes are full of colored edges, so chroma is not subsampled.
  '.jpg': (image) => image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  '.jpeg': (image) => image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  '.png': (image) => image.png(),
  '.webp': (image) => image.webp({ quality: 90, smartSubsample: true }),
};

/** The endings a painted picture can be saved with. */
export const outputEndings: readonly string[] = Object.keys(encoders);

/** Whether the file's name ends in a format that can be written. */
export function isWritable(file: string): boolean {
  return extname(file).toLowerCase() in encoders;
}

/**
 * Writes a picture as its file's ending says. The file appears whole or not at all. Gives its SHA-256 in hexadecimal.
 * @throws Error if the ending is unknown (see `isWritable`) or the file cannot be written.
 */
export async function encodePicture(picture: Picture, file: string): Promise<string> {
  const encode = encoders[extname(file).toLowerCase()];
  if (encode === undefined) throw new Error(`${file} does not end in ${outputEndings.join(', ')}`);
  const { width, height } = picture;
  const image = sharp(interleaved(picture), { raw: { width, height, channels: CHANNELS } });
  const unfinished = `${file}.part`;
  try {
    const bytes = await encode(image).toBuffer();
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
    return createHash('sha256').update(bytes).digest('hex');
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Planes of 0..1 to pixels of 0..255. */
function interleaved({ width, height, data }: Picture): Uint8Array {
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(CHANNELS * pixels); // rounds and clamps by itself
  for (let channel = 0; channel < CHANNELS; channel++)
    for (let p = 0; p < pixels; p++)
      bytes[p * CHANNELS + channel] = (data[channel * pixels + p] ?? 0) * 255;
  return new Uint8Array(bytes.buffer);
}
