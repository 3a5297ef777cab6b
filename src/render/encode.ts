import { createHash } from 'node:crypto';
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { lineOf } from '../reason.js';
import { CHANNELS, type Picture } from '../style/picture.js';
import { endings, outputEndings, type Ending } from './endings.js';

const encoders: Readonly<Record<Ending, (image: Sharp) => Sharp>> = {
  // Brush strokes are full of colored edges, so chroma is not subsampled.
  '.jpg': (image) => image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  '.jpeg': (image) => image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  '.png': (image) => image.png(),
  '.webp': (image) => image.webp({ quality: 90, smartSubsample: true }),
};

/** Whether the file's name ends in a format that can be written. */
export function isWritable(file: string): boolean {
  return endingOf(file) !== undefined;
}

function endingOf(file: string): Ending | undefined {
  const given = extname(file).toLowerCase();
  return endings.find((ending) => ending === given);
}

/** A file that cannot be written. The message is one sentence for a person. */
class OutputError extends Error {
  override readonly name = 'OutputError';
  constructor(file: string, cause: unknown) {
    super(`${file} cannot be written: ${whyNot(cause)}`, { cause });
  }
}

/**
 * Tries whether a file can be written, before minutes are spent on what goes into it. Leaves nothing behind.
 * @throws OutputError
 */
export async function requireWritable(file: string): Promise<void> {
  const unfinished = unfinishedFor(file);
  try {
    const there = await stat(file).catch(undefinedIfMissing);
    if (there?.isFile() === false)
      throw new Error('something that is not a file has this name already');
    if (there !== undefined) await access(file, constants.W_OK); // replacing it would not ask
    await writeFile(unfinished, '');
    await rm(unfinished);
  } catch (error) {
    throw new OutputError(file, error);
  }
}

/**
 * Writes a picture as its file's ending says. The file appears whole or not at all. Gives its SHA-256 in hexadecimal.
 * @throws OutputError if the ending is unknown (see `isWritable`) or the file cannot be written.
 */
export async function encodePicture(picture: Picture, file: string): Promise<string> {
  const ending = endingOf(file);
  if (ending === undefined)
    throw new OutputError(file, new Error(`its name does not end in ${outputEndings}`));
  const { width, height } = picture;
  const image = sharp(interleaved(picture), { raw: { width, height, channels: CHANNELS } });
  const unfinished = unfinishedFor(file);
  try {
    const bytes = await encoders[ending](image).toBuffer();
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
    return createHash('sha256').update(bytes).digest('hex');
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined); // the first error tells more
    throw new OutputError(file, error);
  }
}

/**
 * Where a file is written until it is whole: beside it, so that it can be renamed; short, whatever its own name; and
 * always the same, so that what a crash leaves is overwritten by the next try.
 */
function unfinishedFor(file: string): string {
  const hash = createHash('sha256').update(basename(file)).digest('hex');
  return join(dirname(file), `.${hash.slice(0, 16)}.part`);
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** What people know of the system's reasons (errno(3)). */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'writing there is not allowed',
  EPERM: 'writing there is not allowed',
  EROFS: 'the disk is read-only',
  ENOENT: 'no file can be made in this folder',
  ENOTDIR: 'no file can be made in this folder',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? lineOf(error);
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
