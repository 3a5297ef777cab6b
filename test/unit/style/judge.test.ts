import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { projectRoot } from '../../../src/paths.js';
import { decodePicture } from '../../../src/render/decode.js';
import { judgeOn, likeness, styleDistance, type Impression } from '../../../src/style/judge.js';
import type { Picture } from '../../../src/style/picture.js';
import { seeded } from '../../support/random.js';

const look = judgeOn(onnxExecutor(2));
const open = (file: string) => decodePicture(join(projectRoot, 'data', file), 256, 'at most');

describe('the judge', () => {
  let photo: Picture, other: Picture, painting: Picture;
  let seen: Readonly<Record<'photo' | 'other' | 'painting', Impression>>;
  beforeAll(async () => {
    photo = await open('samples/dust-bowl-home.jpg');
    other = await open('samples/alpine-landscape.jpg');
    painting = await open('styles/harbor-knife.jpg');
    seen = {
      photo: await look(photo),
      other: await look(other),
      painting: await look(painting),
    };
  });

  it('finds a picture wholly like itself, and two unrelated ones not', () => {
    expect(likeness(seen.photo, seen.photo)).toBeCloseTo(1, 5);
    // Landscapes all have their horizon about where it is, and every picture its border.
    expect(Math.abs(likeness(seen.photo, seen.other))).toBeLessThan(0.2);
    expect(likeness(seen.photo, seen.other)).toBe(likeness(seen.other, seen.photo));
  });

  it('finds a photo the less in a picture the thicker the paint on it', async () => {
    const paint = { ...photo, data: noise(photo.data.length) };
    const likenesses = [];
    for (const opacity of [0.1, 0.2, 0.4, 0.6, 0.8]) {
      const data = photo.data.map((v, i) => v + opacity * ((paint.data[i] ?? NaN) - v));
      likenesses.push(likeness(await look({ ...photo, data }), seen.photo));
    }
    expect(likenesses).toEqual(likenesses.toSorted((a, b) => b - a));
    expect(likenesses.at(0)).toBeGreaterThan(2 * (likenesses.at(-1) ?? NaN));
  });

  it('knows a part of a painting by its style, and photos as something else', async () => {
    const half = Math.floor(painting.height / 2);
    const rows = { ...painting, height: half };
    const part = { ...rows, data: new Float32Array(3 * half * painting.width) };
    for (let channel = 0; channel < 3; channel++) {
      const start = channel * painting.height * painting.width;
      const plane = painting.data.subarray(start, start + half * painting.width);
      part.data.set(plane, channel * half * painting.width);
    }
    expect(styleDistance(seen.painting, seen.painting)).toBe(0);
    const own = styleDistance(await look(part), seen.painting);
    expect(own).toBeLessThan(styleDistance(seen.photo, seen.painting));
    expect(own).toBeLessThan(styleDistance(seen.other, seen.painting));
  });

  it('has an opinion of a picture with nothing in it', async () => {
    const black = await look({ ...photo, data: new Float32Array(photo.data.length) });
    expect(likeness(black, seen.photo)).toBeLessThan(0.25);
    expect(styleDistance(black, seen.painting)).toBeGreaterThan(0);
  });
});

function noise(length: number): Float32Array {
  const random = seeded(1);
  return new Float32Array(length).map(() => 0.5 + 0.5 * random());
}
