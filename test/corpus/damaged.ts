import { Dice } from '../chaos/dice.js';
import { findSegment, patched, pngChunk, pngOf, type PngHeader } from './formats.js';
import type { Originals } from './originals.js';
import type { PictureFile } from './pictures.js';

/** Files that were good once: cut, flipped, and with lies in their structure. */
export function damaged(originals: Originals): readonly PictureFile[] {
  return [...cut(originals), ...flipped(originals), ...broken(originals)];
}

function cut(originals: Originals): PictureFile[] {
  return Object.entries(originals).flatMap(([format, file]) => [
    ...[0.1, 0.5].map((share) => ({
      name: `${format} cut after ${share * 100} %`,
      file: file.subarray(0, share * file.length),
      outcomes: ['sentence'] as const,
    })),
    // Some formats end with something that nobody needs.
    {
      name: `${format} without its last byte`,
      file: file.subarray(0, -1),
      outcomes: ['picture', 'sentence'] as const,
    },
  ]);
}

const SEEDS = 4;
const FLIPS = 5;

/** Whatever is left of it, it is painted or it is not. */
function flipped(originals: Originals): PictureFile[] {
  return Object.entries(originals).flatMap(([format, file]) =>
    Array.from({ length: SEEDS }, (_, seed) => {
      const dice = new Dice(seed, format);
      const copy = Buffer.from(file);
      for (let i = 0; i < FLIPS; i++) {
        const at = dice.between(0, file.length - 1);
        copy[at] = (copy[at] ?? 0) ^ (1 << dice.between(0, 7));
      }
      const outcomes = ['picture', 'sentence'] as const;
      return { name: `${format} with ${FLIPS} bits flipped, seed ${seed}`, file: copy, outcomes };
    }),
  );
}

function broken({ jpeg, png, webp, gif, tiff, avif }: Originals): PictureFile[] {
  const square: PngHeader = { width: 32, height: 32 };
  const garbage = Buffer.alloc(500, 'garbage');
  const file = (name: string, bytes: Buffer): PictureFile => {
    return { name, file: bytes, outcomes: ['sentence'] };
  };
  const either = (name: string, bytes: Buffer): PictureFile => {
    return { name, file: bytes, outcomes: ['picture', 'sentence'] };
  };
  const idat = png.indexOf('IDAT') + 8;
  const tables = findSegment(jpeg, [0xc4]);
  const directory = tiff.readUInt32LE(4);
  return [
    file('no bytes', Buffer.alloc(0)),
    file('one byte', Buffer.of(0xff)),
    file('PNG: pixels that do not unpack', pngOf(square, [pngChunk('IDAT', garbage)])),
    file('PNG: no pixels', pngOf(square, [])),
    file('PNG: no width', pngOf({ ...square, width: 0 }, [pngChunk('IDAT', garbage)])),
    file('PNG: a palette that is not there', pngOf({ ...square, color: 3 }, [])),
    file('PNG: 3 bits', pngOf({ ...square, depth: 3 }, [])),
    file('PNG: a kind of color that does not exist', pngOf({ ...square, color: 5 }, [])),
    either('PNG: wrong checksum of the header', patched(png, 29, [1, 2, 3, 4])),
    either('PNG: wrong checksum of the pixels', patched(png, png.length - 16, [1, 2, 3, 4])),
    either('PNG: pixels overwritten', patched(png, idat, [0, 0, 0, 0, 0, 0, 0, 0])),
    either('PNG: a chunk longer than the file', patched(png, idat - 8, [0x7f, 0xff, 0xff, 0xff])),
    either('JPEG: tables that make no sense', patched(jpeg, tables + 5, Array(16).fill(0xff))),
    either('JPEG: arithmetic coding that it has not', patched(jpeg, sof(jpeg) + 1, [0xc9])),
    either('JPEG: 12 bits that it has not', patched(jpeg, sof(jpeg) + 4, [12])),
    file('JPEG: no height', patched(jpeg, sof(jpeg) + 5, [0, 0])),
    either('JPEG: a segment of no length', patched(jpeg, tables + 2, [0, 0])),
    either('WebP: longer than it says', patched(webp, 4, [8, 0, 0, 0])),
    either('WebP: shorter than it says', patched(webp, 4, [0xff, 0xff, 0xff, 0x7f])),
    either('GIF: a frame beyond the screen', patched(gif, gif.indexOf(0x2c), [0x2c, 0xff, 0x7f])),
    file('TIFF: a directory beyond the file', patched(tiff, 4, [0xff, 0xff, 0xff, 0x7f])),
    either('TIFF: a directory that follows itself', looped(tiff, directory)),
    either('TIFF: 65535 tags', patched(tiff, directory, [0xff, 0xff])),
    either('AVIF: boxes of no length', patched(avif, avif.indexOf('meta') - 4, [0, 0, 0, 0])),
    either('AVIF: no such codec', patched(avif, avif.indexOf('av01'), [...Buffer.from('hvc1')])),
  ];
}

function sof(jpeg: Buffer): number {
  return findSegment(jpeg, [0xc0, 0xc2]);
}

function looped(tiff: Buffer, directory: number): Buffer {
  const end = directory + 2 + 12 * tiff.readUInt16LE(directory);
  return patched(tiff, end, [...tiff.subarray(4, 8)]);
}
