import sharp from 'sharp';
import {
  blankRows,
  gif,
  jpegSegment,
  patched,
  png,
  pngChunk,
  tiff,
  withExif,
  withOrientation,
  withSegments,
  type PngHeader,
} from './formats.js';
import { drawn, type Originals } from './originals.js';
import type { PictureFile } from './pictures.js';

/** What is allowed, but rare; and metadata that lies. */
export async function unusual({ jpeg, avif, png: good }: Originals): Promise<PictureFile[]> {
  const painted = {
    'JPEG in CMYK': await drawn().toColorspace('cmyk').jpeg().toBuffer(),
    'JPEG in gray': await drawn().grayscale().jpeg().toBuffer(),
    'PNG of 16 bits': await drawn().toColorspace('rgb16').png().toBuffer(),
    'PNG of 16 bits of gray': blank({ width: 32, height: 32, depth: 16 }),
    'PNG, all transparent': blank({ width: 32, height: 32, color: 6 }),
    'PNG of gray with alpha': await drawn().grayscale().ensureAlpha(0.5).png().toBuffer(),
    'PNG with a palette': await drawn().png({ palette: true, colors: 4 }).toBuffer(),
    'PNG, interlaced': await drawn().png({ progressive: true }).toBuffer(),
    'PNG with a profile of Display P3': await drawn().withIccProfile('p3').png().toBuffer(),
    'TIFF in CMYK': await drawn().toColorspace('cmyk').tiff().toBuffer(),
    'TIFF in tiles': await drawn().tiff({ tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    'TIFF of one bit': await drawn().grayscale().tiff({ bitdepth: 1 }).toBuffer(),
    'TIFF of floating point': await drawn().raw({ depth: 'float' }).toBuffer().then(floating),
    'WebP without loss': await drawn().webp({ lossless: true }).toBuffer(),
    'WebP of 60 frames': await sharp(await film(60), { animated: true })
      .webp()
      .toBuffer(),
    'GIF of 60 frames': await film(60),
    ...Object.fromEntries(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((way) => [
        `JPEG turned the way ${way}`,
        withOrientation(jpeg, way),
      ]),
    ),
    'JPEG whose Exif lies about its size': withExif(
      jpeg,
      tiff([
        { tag: 0xa002, type: 4, count: 1, value: 1 },
        { tag: 0xa003, type: 4, count: 1, value: 0xffffffff },
      ]),
    ),
    'JPEG whose Exif goes in a circle': withExif(
      jpeg,
      tiff([{ tag: 0x8769, type: 4, count: 1, value: 8 }], Buffer.alloc(0), 8),
    ),
    'JPEG with 100 comments': withSegments(
      jpeg,
      ...Array.from({ length: 100 }, () => jpegSegment(0xfe, Buffer.alloc(65_000, 'x'))),
    ),
  };
  const either: Readonly<Record<string, Buffer>> = {
    'PNG with a profile that is none': withProfile(Buffer.from('not a profile')),
    'PNG with a profile of zeros': withProfile(Buffer.alloc(128)),
    'JPEG with a profile that is none': withSegments(
      jpeg,
      jpegSegment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01garbage', 'latin1')),
    ),
    'JPEG with the second half of a profile': withSegments(
      jpeg,
      jpegSegment(0xe2, Buffer.from('ICC_PROFILE\0\x02\x02garbage', 'latin1')),
    ),
    'PNG that says it moves': Buffer.concat([
      good.subarray(0, 33),
      pngChunk('acTL', patched(Buffer.alloc(8), 0, [0x7f, 0xff, 0xff, 0xff])),
      good.subarray(33),
    ]),
    'PNG with transparency for no color': withChunk('tRNS', Buffer.alloc(600)),
    'AVIF that says it moves': patched(avif, 8, [...Buffer.from('avis')]),
    'GIF whose frames are smaller than it': gif(64, 64, 3),
  };
  const sizes: readonly (readonly [PngHeader, 'picture' | 'sentence'])[] = [
    [{ width: 1, height: 1 }, 'sentence'],
    [{ width: 1, height: 65_535 }, 'sentence'],
    [{ width: 65_535, height: 1 }, 'sentence'],
    [{ width: 15, height: 64 }, 'sentence'],
    [{ width: 16, height: 16 }, 'picture'],
    [{ width: 16, height: 320 }, 'picture'],
    [{ width: 1601, height: 16 }, 'sentence'],
  ];
  return [
    ...Object.entries(painted).map(([name, file]) => {
      return { name, file, outcomes: ['picture'] as const };
    }),
    ...Object.entries(either).map(([name, file]) => {
      return { name, file, outcomes: ['picture', 'sentence'] as const };
    }),
    ...sizes.map(([size, outcome]) => {
      const name = `PNG of ${size.width}×${size.height}`;
      return { name, file: blank(size), outcomes: [outcome] as const };
    }),
  ];
}

function blank(header: PngHeader): Buffer {
  return png(header, blankRows(header));
}

function withChunk(type: string, data: Buffer): Buffer {
  const size = { width: 32, height: 32 };
  return png(size, blankRows(size), [pngChunk(type, data)]);
}

function withProfile(profile: Buffer): Buffer {
  return withChunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), profile]));
}

function floating(raw: Buffer): Promise<Buffer> {
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
  return sharp(samples, { raw: { width: 96, height: 64, channels: 3 } })
    .tiff()
    .toBuffer();
}

/** An animation, every frame of it another. */
function film(frames: number): Promise<Buffer> {
  const [width, height] = [64, 48];
  const strip = Buffer.alloc(width * height * frames * 3);
  for (let i = 0; i < strip.length; i++) strip[i] = (i * 7) % 251;
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  return sharp(strip, { raw }).gif().toBuffer();
}
