import { expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { stylize, type StylizeOptions } from '../../../src/style/stylize.js';
import type { Picture } from '../../../src/style/picture.js';
import { listening } from '../../support/listening.js';
import { flat, meanOf, waves } from '../../support/pictures.js';
import { tinyPainter } from '../../support/tiny-network.js';

const executor = onnxExecutor(2);
const content = waves({ width: 64, height: 48 }, 1);

/** How often the picture was begun, and from what: the first picture that an objective was asked about. */
async function starts(changes: Partial<StylizeOptions>): Promise<readonly Float32Array[]> {
  const seen: Float32Array[] = [];
  const heard = listening(executor, (outputs, { picture }, isFirst) => {
    if (isFirst && outputs.includes('gradient') && picture !== undefined)
      seen.push(Float32Array.from(picture));
  });
  await stylize(
    { ...tinyPainter(executor), executor: heard },
    {
      content,
      styles: [{ picture: waves({ width: 90, height: 90 }, 2), weight: 1 }],
      strength: 50,
      styleScale: 100,
      colors: 'paint',
      quality: 'draft',
      faces: [],
      seed: 1,
      ...changes,
    },
  );
  return seen;
}

it('a picture that has gone wrong is painted once more, from another grain', async () => {
  // Nothing that is painted can be nearer to the style of a painting than the painting itself.
  const [first, second, ...others] = await starts({ styles: [{ picture: content, weight: 1 }] });
  expect(second).toBeDefined();
  expect(second).not.toEqual(first);
  expect(others).toEqual([]);
});

it('a picture that is as it should be is painted once', async () => {
  expect(await starts({})).toHaveLength(1);
});

it('a photo of nothing is painted all the same', async () => {
  const photo = flat({ width: 40, height: 40 }, 0.2, 0.5, 0.8);
  const options = {
    content: photo,
    styles: [{ picture: waves({ width: 90, height: 90 }, 2), weight: 1 }],
    styleScale: 100,
    colors: 'paint',
    quality: 'draft',
    faces: [],
    seed: 1,
  } as const;
  const farFrom = (picture: Picture) =>
    meanOf(picture.data.map((value, i) => Math.abs(value - (photo.data[i] ?? NaN))));
  const [half, full] = [
    farFrom(await stylize(tinyPainter(executor), { ...options, strength: 25 })),
    farFrom(await stylize(tinyPainter(executor), { ...options, strength: 50 })),
  ];
  expect(full).toBeGreaterThan(0.05);
  expect(half).toBeGreaterThan(0.1 * full);
  expect(half).toBeLessThan(full);
});
