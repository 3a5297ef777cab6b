import { deflateSync } from 'node:zlib';
import {
  blankRows,
  findSegment,
  gif as gifOf,
  patched,
  png,
  pngChunk,
  pngOf,
  tiff as tiffOf,
  type PngHeader,
} from './formats.js';
import type { Originals } from './originals.js';
import type { PictureFile } from './pictures.js';

/** Small files that would take gigabytes or hours: some only say so, some mean it. */
export function bombs(originals: Originals): readonly PictureFile[] {
  return [...claims(originals), ...loads(originals)];
}

function claims({ jpeg, webp, avif }: Originals): PictureFile[] {
  const vast = [0xff, 0xdc, 0xff, 0xdc]; // 65500 × 65500
  const frame = findSegment(jpeg, [0xc0]);
  const ispe = avif.indexOf('ispe') + 8;
  const dimensions = [
    { tag: 0x0100, type: 4, count: 1, value: 0x7fffffff },
    { tag: 0x0101, type: 4, count: 1, value: 0x7fffffff },
    { tag: 0x0111, type: 4, count: 1, value: 8 },
    { tag: 0x0117, type: 4, count: 1, value: 0x7fffffff },
  ];
  const files: Readonly<Record<string, Buffer>> = {
    'PNG of 40000×40000': png({ width: 40_000, height: 40_000, depth: 1 }, Buffer.alloc(5001)),
    'PNG of 2147483647×2147483647': pngOf({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, []),
    'JPEG that says 65500×65500': patched(jpeg, frame + 5, vast),
    'WebP that says 16383×16383': patched(
      webp,
      webp.indexOf('9d012a', 'hex') + 3,
      [0xff, 0x3f, 0xff, 0x3f],
    ),
    'GIF that says 65535×65535': gifOf(65_535, 65_535, 1),
    'TIFF that says 2147483647×2147483647': tiffOf(dimensions),
    'TIFF with a tag of 4 GB': tiffOf([
      ...dimensions.slice(0, 2),
      { tag: 0x010e, type: 2, count: 0xffffffff, value: 8 },
    ]),
    'AVIF that says 65535×65535': patched(avif, ispe, [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]),
  };
  return Object.entries(files).map(([name, file]) => ({ name, file, outcomes: ['sentence'] }));
}

const MEGABYTE = 1e6;

function loads(originals: Originals): PictureFile[] {
  const size: PngHeader = { width: 9900, height: 9900, depth: 1 };
  const deep: PngHeader = { width: 3000, height: 3000, depth: 16, color: 6, interlaced: true };
  const small: PngHeader = { width: 32, height: 32 };
  const text = (type: string, head: string) =>
    png(small, blankRows(small), [
      pngChunk(
        type,
        Buffer.concat([Buffer.from(head, 'latin1'), deflateSync(Buffer.alloc(200 * MEGABYTE))]),
      ),
    ]);
  const chunks = Array.from({ length: 50_000 }, () => pngChunk('tEXt', Buffer.from('a\0b')));
  const idat = pngChunk('IDAT', deflateSync(blankRows(small)));
  const frames = Array.from({ length: 20_000 }, () => pngChunk('fdAT', Buffer.alloc(30)));
  const files: Readonly<Record<string, Buffer>> = {
    'PNG of 98 megapixels in 12 kB': png(size, blankRows(size)),
    'PNG of 9 megapixels, 16 bits, interlaced': png(deep, interlacedRows(deep)),
    'PNG with 200 MB of zTXt': text('zTXt', 'x\0\0'),
    'PNG with 200 MB of profile': text('iCCP', 'x\0\0'),
    'PNG with 200 MB of iTXt': text('iTXt', 'x\0\x01\0\0\0'),
    'PNG whose pixels unpack to 200 MB': png(small, Buffer.alloc(200 * MEGABYTE)),
    'PNG with 50000 texts': png(small, blankRows(small), chunks),
    'PNG with 20000 frames': pngOf(small, [idat, ...frames]),
    'GIF with 500000 frames': gifOf(64, 64, 500_000),
    'GIF of 64 megapixels': gifOf(8000, 8000, 1),
    'JPEG with 5000 scans': scanned(originals['progressive jpeg'], 5000),
    'TIFF with 10000 directories': chained(10_000),
  };
  return Object.entries(files).map(([name, file]) => {
    return { name, file, outcomes: ['picture', 'sentence'] };
  });
}

/** Seven pictures in one (Adam7), their rows added up. */
function interlacedRows({ width, height }: PngHeader): Buffer {
  const passes = [
    [8, 8],
    [8, 8],
    [4, 8],
    [4, 4],
    [2, 4],
    [2, 2],
    [1, 2],
  ] as const;
  const bytes = passes.map(([x, y]) => Math.ceil(height / y) * (1 + Math.ceil(width / x) * 8));
  return Buffer.alloc(bytes.reduce((sum, each) => sum + each, 0));
}

/** A progressive JPEG whose last scan comes again and again. */
function scanned(jpeg: Buffer, scans: number): Buffer {
  const start = jpeg.lastIndexOf('ffda', undefined, 'hex');
  const scan = jpeg.subarray(start, -2);
  const end = jpeg.subarray(-2);
  return Buffer.concat([
    jpeg.subarray(0, start),
    ...Array.from({ length: scans }, () => scan),
    end,
  ]);
}

/** A TIFF of so many directories, one after the other, none of which is a picture. */
function chained(count: number): Buffer {
  const length = tiffOf([]).length - 8;
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => {
      const directory = tiffOf([], Buffer.alloc(0), i + 1 < count ? 8 + (i + 1) * length : 0);
      return i === 0 ? directory : directory.subarray(8);
    }),
  );
}
