import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictureWithin } from '../../../src/platforms/picture-within.js';
import type { OwnPicture } from '../../../src/platforms/port.js';
import { values } from '../../support/random.js';

/** A picture that hardly compresses. */
async function noise(width: number, height: number): Promise<{ file: OwnPicture; bytes: number }> {
  const raw = { width, height, channels: 3 as const };
  const data = await sharp(
    Uint8Array.from(values(width * height * 3, 1), (value) => 128 + 127 * value),
    { raw },
  )
    .jpeg({ quality: 95 })
    .toBuffer();
  return { file: { bytes: data, name: 'painted' }, bytes: data.length };
}

async function sizeOf(blob: Blob): Promise<readonly [number, number]> {
  const { width, height } = await sharp(await blob.arrayBuffer()).metadata();
  return [width, height];
}

describe('a painted picture', () => {
  it('that fits is sent as it is', async () => {
    const { file, bytes } = await noise(60, 40);
    const blob = await pictureWithin(file, { bytes, pixels: 2400 });
    expect(blob.size).toBe(bytes);
  });

  it('of too many pixels is scaled down to what is allowed, and keeps its shape', async () => {
    const { file } = await noise(300, 200);
    const [width, height] = await sizeOf(await pictureWithin(file, { bytes: 1e6, pixels: 15_000 }));
    expect([width, height]).toEqual([150, 100]);
  });

  it('of too many bytes is compressed more, and only then made smaller', async () => {
    const { file, bytes } = await noise(300, 200);
    const gently = await pictureWithin(file, { bytes: bytes * 0.8, pixels: 1e9 });
    expect(gently.size).toBeLessThanOrEqual(bytes * 0.8);
    expect(await sizeOf(gently)).toEqual([300, 200]);
    const harshly = await pictureWithin(file, { bytes: bytes * 0.1, pixels: 1e9 });
    expect(harshly.size).toBeLessThanOrEqual(bytes * 0.1);
    expect((await sizeOf(harshly))[0]).toBeLessThan(300);
  });

  it('for which no room at all is left becomes as small as pictures are, and does not take for ever', async () => {
    const { file } = await noise(300, 200);
    expect(await sizeOf(await pictureWithin(file, { bytes: 1, pixels: 1e9 }))).toEqual([1, 1]);
  });
});
