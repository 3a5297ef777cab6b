import { crc32, deflateSync } from 'node:zlib';

/*
 * Just enough of the formats to write files that no honest program would.
 */

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha */
  readonly color?: number;
  readonly interlaced?: boolean;
}

export function pngChunk(type: string, data: Buffer, crc?: number): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8 + typed.length);
  out.writeUInt32BE(data.length);
  typed.copy(out, 4);
  out.writeUInt32BE(crc ?? crc32(typed), 4 + typed.length);
  return out;
}

/** A PNG file of these pixels (or as few as are given), with chunks before them. */
export function png(header: PngHeader, rows: Buffer, chunks: readonly Buffer[] = []): Buffer {
  return pngOf(header, [...chunks, pngChunk('IDAT', deflateSync(rows))]);
}

export function pngOf(header: PngHeader, chunks: readonly Buffer[]): Buffer {
  const { width, height, depth = 8, color = 0, interlaced = false } = header;
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([depth, color, 0, 0, interlaced ? 1 : 0], 8);
  const end = pngChunk('IEND', Buffer.alloc(0));
  return Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', ihdr), ...chunks, end]);
}

/** Rows of zeros for a PNG that is not interlaced, filter bytes included. */
export function blankRows({ width, height, depth = 8, color = 0 }: PngHeader): Buffer {
  const channels = { 2: 3, 4: 2, 6: 4 }[color] ?? 1;
  return Buffer.alloc(height * (1 + Math.ceil((width * channels * depth) / 8)));
}

/** Puts segments after a JPEG's first marker, where metadata is. */
export function withSegments(jpeg: Buffer, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

export function jpegSegment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Where a JPEG's segment of one of these markers begins. */
export function findSegment(jpeg: Buffer, markers: readonly number[]): number {
  for (let at = 2; at + 4 <= jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2))
    if (markers.includes(jpeg[at + 1] ?? 0)) return at;
  throw new Error('no such segment');
}

/** One tag of a TIFF directory; short values lie in the entry itself. */
export interface TiffTag {
  readonly tag: number;
  /** 1 byte, 2 ASCII, 3 short, 4 long */
  readonly type: number;
  readonly count: number;
  readonly value: number;
}

/** A little-endian TIFF of one directory at byte 8, then `data`. By default no directory follows. */
export function tiff(tags: readonly TiffTag[], data = Buffer.alloc(0), next = 0): Buffer {
  const out = Buffer.alloc(8 + 2 + 12 * tags.length + 4);
  out.write('II*\0', 'latin1');
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(tags.length, 8);
  for (const [i, { tag, type, count, value }] of tags.entries()) {
    const at = 10 + 12 * i;
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    out.writeUInt32LE(count, at + 4);
    out.writeUInt32LE(value, at + 8);
  }
  out.writeUInt32LE(next, out.length - 4);
  return Buffer.concat([out, data]);
}

/** A JPEG that says how to turn it, in as little Exif as can say so. */
export function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  return withExif(jpeg, tiff([{ tag: 0x0112, type: 3, count: 1, value: orientation }]));
}

export function withExif(jpeg: Buffer, exif: Buffer): Buffer {
  return withSegments(
    jpeg,
    jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif])),
  );
}

/** A GIF of that screen, with so many frames of one pixel. */
export function gif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.alloc(13 + 6);
  screen.write('GIF89a', 'latin1');
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  screen.set([0x80, 0, 0, 0xff, 0xff, 0xff, 0, 0, 0], 10); // two colors: white and black
  const frame = Buffer.from('2c00000000010001000002024401' + '00', 'hex');
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.of(0x3b)]);
}

/** Overwrites bytes of a copy. */
export function patched(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}
