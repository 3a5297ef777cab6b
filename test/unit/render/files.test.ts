import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from '../../support/property.js';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, sizeFor } from '../../../src/render/decode.js';
import { encodePicture, isWritable, requireWritable } from '../../../src/render/encode.js';
import { PictureError } from '../../../src/render/job.js';
import type { Picture } from '../../../src/style/picture.js';
import { temporaryFolder } from '../../support/folder.js';
import { meanOf, waves } from '../../support/pictures.js';

/** Left half red, right half blue: turned pictures and swapped channels show. */
function redAndBlue(width = 64, height = 32): Sharp {
  const half = { width: width / 2, height, channels: 3 as const, background: '#0000ff' };
  return sharp({ create: { ...half, width, background: '#ff0000' } }).composite([
    { input: { create: half }, left: width / 2, top: 0 },
  ]);
}

function plain(r: number, g: number, b: number): Sharp {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: { r, g, b } } });
}

async function decoded(image: Sharp, name: string): Promise<Picture> {
  const file = join(temporaryFolder(), name);
  await image.toFile(file);
  return decodePicture(file, 64, 'exactly');
}

function colorAt({ width, height, data }: Picture, x: number, y: number): number[] {
  return [0, 1, 2].map((channel) => data[(channel * height + y) * width + x] ?? NaN);
}

function expectColor(actual: readonly number[], expected: readonly number[], tolerance = 0.06) {
  for (const [i, value] of expected.entries())
    expect(Math.abs((actual[i] ?? NaN) - value), `channel ${i} of ${actual.join()}`).toBeLessThan(
      tolerance,
    );
}

const RED = [1, 0, 0];
const BLUE = [0, 0, 1];

describe('decoding', () => {
  it.each([
    ['photo.jpg', (image: Sharp) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['photo.png', (image: Sharp) => image.png()],
    ['photo.webp', (image: Sharp) => image.webp({ lossless: true })],
    ['photo.avif', (image: Sharp) => image.avif({ lossless: true })],
    ['photo.gif', (image: Sharp) => image.gif()],
    ['photo.tiff', (image: Sharp) => image.tiff()],
    ['misnamed.txt.png', (image: Sharp) => image.jpeg({ quality: 95 })],
  ])('reads %s', async (name, as) => {
    const picture = await decoded(as(redAndBlue()), name);
    expect([picture.width, picture.height]).toEqual([64, 32]);
    expectColor(colorAt(picture, 16, 16), RED);
    expectColor(colorAt(picture, 48, 16), BLUE);
  });

  it('turns a picture upright as its EXIF orientation says', async () => {
    const picture = await decoded(redAndBlue().withMetadata({ orientation: 6 }).jpeg(), 'a.jpg');
    expect([picture.width, picture.height]).toEqual([32, 64]); // a quarter turn clockwise: left is now the top
    expectColor(colorAt(picture, 16, 16), RED);
    expectColor(colorAt(picture, 16, 48), BLUE);
  });

  it('brings 16 bits per channel to 0..1', async () => {
    const picture = await decoded(redAndBlue().toColorspace('rgb16').png(), 'a.png');
    expectColor(colorAt(picture, 16, 16), RED);
  });

  it('reads gray as three equal channels, in 8 and in 16 bits', async () => {
    for (const space of ['b-w', 'grey16']) {
      const picture = await decoded(plain(128, 128, 128).toColorspace(space).png(), 'a.png');
      expectColor(colorAt(picture, 20, 20), [0.5, 0.5, 0.5], 0.01);
    }
  });

  it('puts transparency on white', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const image = sharp({ create: { width: 64, height: 64, channels: 4, background: clear } });
    expectColor(colorAt(await decoded(image.png(), 'a.png'), 20, 20), [1, 1, 1]);
  });

  it.each([
    ['Display P3', (image: Sharp) => image.withIccProfile('p3').png()],
    [
      'Display P3 in 16 bits',
      (image: Sharp) => image.toColorspace('rgb16').withIccProfile('p3').png(),
    ],
    ['sRGB in 16 bits', (image: Sharp) => image.toColorspace('rgb16').withIccProfile('srgb').png()],
  ])('obeys a color profile: a color in %s comes out as in sRGB', async (_, as) => {
    const picture = await decoded(as(plain(200, 100, 50)), 'a.png');
    expectColor(colorAt(picture, 20, 20), [200 / 255, 100 / 255, 50 / 255], 0.01);
  });

  it('stores other numbers in Display P3, so that the test above tests something', async () => {
    const image = plain(200, 100, 50).withIccProfile('p3').png();
    const stored = await sharp(await image.toBuffer(), { ignoreIcc: true })
      .raw()
      .toBuffer();
    expect(Math.abs((stored[0] ?? 0) - 200)).toBeGreaterThan(5);
  });

  it('brings inks to RGB, with a profile and without', async () => {
    for (const image of [
      plain(200, 100, 50).toColorspace('cmyk'),
      plain(200, 100, 50).toColorspace('cmyk').withIccProfile('cmyk'),
    ]) {
      const [red, green, blue] = colorAt(
        await decoded(image.jpeg({ quality: 100 }), 'a.jpg'),
        20,
        20,
      );
      expectColor([red ?? NaN, green ?? NaN], [200 / 255, 100 / 255], 0.03);
      expect(blue).toBeLessThan(0.2); // this orange has less blue than the inks can print
    }
  });

  it('obeys a gray profile: linear 55 is as light as sRGB’s 128', async () => {
    const profile = join(temporaryFolder(), 'linear-gray.icc');
    writeFileSync(profile, linearGrayProfile());
    const image = plain(128, 128, 128).toColorspace('b-w').withIccProfile(profile).png();
    const stored = await sharp(await image.toBuffer(), { ignoreIcc: true })
      .raw()
      .toBuffer();
    expect(stored[0]).toBe(55); // 255 · ((128/255 + 0.055) / 1.055) ** 2.4
    const gray = 128 / 255;
    expectColor(colorAt(await decoded(image, 'a.png'), 20, 20), [gray, gray, gray], 0.005);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((background) =>
        sharp({ create: { width: 32, height: 32, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const picture = await decoded(sharp(frames, { join: { animated: true } }).gif(), 'a.gif');
    expect([picture.width, picture.height]).toEqual([64, 64]);
    expectColor(colorAt(picture, 20, 20), RED);
    expectColor(colorAt(picture, 50, 50), RED);
  });

  it('shrinks a painting to the size but does not enlarge it', async () => {
    const file = join(temporaryFolder(), 'a.png');
    await redAndBlue(100, 50).toFile(file);
    const sizeAt = async (longest: number) => (await decodePicture(file, longest, 'at most')).width;
    expect([await sizeAt(64), await sizeAt(500)]).toEqual([64, 100]);
  });
});

/** The smallest ICC profile of gray in which twice the number is twice the light (ICC.1:2001-04, section 6.3.2.1). */
function linearGrayProfile(): Buffer {
  const fixed = (value: number) => Math.round(value * 65536);
  const d50 = [0.9642, 1, 0.8249].map(fixed);
  const white = Buffer.alloc(20);
  white.write('XYZ ');
  for (const [i, value] of d50.entries()) white.writeInt32BE(value, 8 + 4 * i);
  const curve = Buffer.alloc(12); // a curve of no entries is the identity
  curve.write('curv');
  const tags = [
    { name: 'wtpt', data: white },
    { name: 'kTRC', data: curve },
  ];
  const header = Buffer.alloc(128 + 4 + 12 * tags.length);
  header.writeUInt32BE(0x02400000, 8); // version 2.4
  header.write('mntrGRAYXYZ ', 12);
  header.write('acsp', 36);
  for (const [i, value] of d50.entries()) header.writeInt32BE(value, 68 + 4 * i);
  header.writeUInt32BE(tags.length, 128);
  let end = header.length;
  for (const [i, { name, data }] of tags.entries()) {
    header.write(name, 132 + 12 * i);
    header.writeUInt32BE(end, 136 + 12 * i);
    header.writeUInt32BE(data.length, 140 + 12 * i);
    end += data.length;
  }
  header.writeUInt32BE(end, 0);
  return Buffer.concat([header, white, curve]);
}

describe('hostile and broken files', () => {
  const problemOf = async (bytes: Uint8Array | string, name = 'photo.jpg') => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, bytes);
    const error: unknown = await decodePicture(file, 512, 'exactly').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof PictureError))
      throw new Error('a PictureError was due', { cause: error });
    expect(error.message).toMatch(/^[A-Z][^\n]*\.$/); // one sentence
    return error.problem;
  };

  it('says what is wrong with each', async () => {
    const png = await redAndBlue(300, 200).png().toBuffer();
    const jpeg = await waved().jpeg().toBuffer();
    expect(await problemOf('')).toBe('empty');
    expect(await problemOf('I am a text.')).toBe('not a picture');
    expect(await problemOf('<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg')).toBe(
      'not a picture',
    );
    expect(await problemOf(png.subarray(0, png.length / 2))).toBe('damaged');
    expect(await problemOf(jpeg.subarray(0, jpeg.length / 2))).toBe('damaged');
    expect(await problemOf(await redAndBlue(2, 1).png().toBuffer())).toBe('too small');
    expect(await problemOf(await redAndBlue(1618, 16).png().toBuffer())).toBe('too small');
    expect(await problemOf(pngHeader(40_000, 40_000))).toBe('too many pixels');
    expect(await problemOf(pngHeader(2_000_000, 60))).toBe('too many pixels');
  });

  it('says so when there is no such file', async () => {
    const missing = decodePicture(join(temporaryFolder(), 'none.jpg'), 512, 'exactly');
    await expect(missing).rejects.toMatchObject({ problem: 'missing' });
  });

  it('keeps a 100:1 panorama’s area sensible', async () => {
    const file = join(temporaryFolder(), 'wide.png');
    await redAndBlue(4000, 40).toFile(file);
    const { width, height } = await decodePicture(file, 512, 'exactly');
    expect([width, height]).toEqual([2560, 26]);
  });

  function waved(): Sharp {
    const { width, height, data } = waves({ width: 300, height: 200 }, 1);
    const bytes = Uint8Array.from(data, (value) => value * 255);
    return sharp(bytes.subarray(0, width * height), { raw: { width, height, channels: 1 } });
  }

  /** A PNG that claims a size and holds nothing. */
  function pngHeader(width: number, height: number): Buffer {
    const chunk = (type: string, data: Buffer) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      check.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, check]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('IDAT', Buffer.alloc(8)),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }
});

describe('the size of a result', () => {
  it.each([
    [
      { width: 4000, height: 3000 },
      { width: 512, height: 384 },
    ],
    [
      { width: 300, height: 400 },
      { width: 384, height: 512 },
    ],
    [
      { width: 100, height: 100 },
      { width: 512, height: 512 },
    ],
    [
      { width: 4000, height: 1000 },
      { width: 512, height: 128 },
    ],
    [
      { width: 16_000, height: 1000 },
      { width: 1024, height: 64 },
    ],
  ])('of %o is %o', (original, expected) => {
    expect(sizeFor(original, 512)).toEqual(expected);
  });

  it('of a panorama is at least 16 pixels across, and not larger than it came', () => {
    expect(sizeFor({ width: 2000, height: 20 }, 64)).toEqual({ width: 1600, height: 16 });
    expect(sizeFor({ width: 50, height: 5000 }, 96)).toEqual({ width: 16, height: 1600 });
    expect(sizeFor({ width: 2000, height: 20 }, 512)).toEqual({ width: 2000, height: 20 });
    const sides = fc.integer({ min: 16, max: 10_000 });
    fc.assert(
      fc.property(sides, fc.double({ min: 4, max: 100, noNaN: true }), (height, aspect) => {
        const width = Math.round(height * aspect);
        for (const longest of [64, 512, 2048]) {
          const size = sizeFor({ width, height }, longest);
          expect(size.height).toBeGreaterThanOrEqual(16);
          expect(size.width).toBeLessThanOrEqual(Math.max(width, longest));
          // As many pixels as 4:1 has, or as 100:1 needs; half a pixel more from rounding, on each side.
          const most = Math.max(longest ** 2 / 4, 100 * 16 ** 2);
          expect((size.width - 0.5) * (size.height - 0.5)).toBeLessThanOrEqual(most * 1.001);
        }
      }),
    );
  });
});

describe('encoding', () => {
  it.each(['a.jpg', 'a.JPEG', 'a.png', 'a.webp'])('%s comes back as it was', async (name) => {
    const file = join(temporaryFolder(), name);
    const picture = waves({ width: 64, height: 48 }, 1);
    await encodePicture(picture, file);
    const back = await decodePicture(file, 64, 'exactly');
    const error = meanOf(back.data.map((value, i) => Math.abs(value - (picture.data[i] ?? NaN))));
    expect(error).toBeLessThan(name === 'a.png' ? 0.002 : 0.02);
  });

  it('knows what it can write, and leaves nothing behind when it cannot', async () => {
    expect(['a.jpg', 'a.PNG', 'a.webp', 'a.gif', 'a'].map(isWritable)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    const folder = temporaryFolder();
    const picture = waves({ width: 32, height: 32 }, 1);
    await expect(encodePicture(picture, join(folder, 'a.gif'))).rejects.toThrow('.jpg');
    for (const attempt of [requireWritable, (file: string) => encodePicture(picture, file)])
      for (const name of ['no/a.jpg', `${'x'.repeat(252)}.jpg`])
        await expect(attempt(join(folder, name))).rejects.toThrow(/^[^\n]* cannot be written: /);
    const endless = { width: 20_000, height: 1, data: new Float32Array(60_000) };
    await expect(encodePicture(endless, join(folder, 'a.webp'))).rejects.toThrow(/^[^\n]+$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes under the longest name there is, and replaces what has it', async () => {
    const file = join(temporaryFolder(), `${'x'.repeat(251)}.png`);
    writeFileSync(file, 'a picture from before');
    await requireWritable(file);
    expect(readFileSync(file, 'utf8')).toBe('a picture from before');
    await encodePicture(waves({ width: 32, height: 32 }, 1), file);
    expect(await sharp(file).metadata()).toMatchObject({ format: 'png', width: 32 });
  });

  it('replaces a file at once: who reads the old one has it whole to the end', async () => {
    const folder = temporaryFolder();
    const [file, reader] = [join(folder, 'a.png'), join(folder, 'reader.png')];
    await encodePicture(waves({ width: 64, height: 48 }, 1), file);
    const old = readFileSync(file);
    linkSync(file, reader); // as an open file: the same bytes on disk
    await encodePicture(waves({ width: 32, height: 32 }, 2), file);
    expect(readFileSync(reader)).toEqual(old);
    expect(readFileSync(file)).not.toEqual(old);
    expect(readdirSync(folder)).toEqual(['a.png', 'reader.png']);
  });

  it('leaves no unfinished file behind when its place is taken by a folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a.png'));
    const picture = waves({ width: 32, height: 32 }, 1);
    await expect(encodePicture(picture, join(folder, 'a.png'))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['a.png']);
  });
});
