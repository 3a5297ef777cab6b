import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { memoryOf } from '../../../src/style/memory.js';
import type { ByLayer } from '../../../src/style/targets.js';
import { blendedManner, tileCount, tilingFor } from '../../../src/style/paintings.js';
import type { Picture, Size } from '../../../src/style/picture.js';
import { resample } from '../../../src/style/resample.js';
import { flat, waves } from '../../support/pictures.js';
import { tinyRecipe } from '../../support/tiny-network.js';

const photo = { width: 320, height: 240 };
const areaOf = ({ width, height }: Size) => width * height;

describe('how a painting is looked at', () => {
  it('is whole and with as many pixels as the photo at scale 100', () => {
    const { tile, columns, rows } = tilingFor({ width: 900, height: 1200 }, photo, 100);
    expect([columns, rows]).toEqual([1, 1]);
    expect(tile).toEqual({ width: 240, height: 320 });
  });

  it.each([25, 50, 70, 100, 130, 200, 330, 400])(
    'is in tiles no larger than the photo at scale %i, which together are as large as the scale says',
    (styleScale) => {
      const { tile, columns, rows } = tilingFor({ width: 900, height: 1200 }, photo, styleScale);
      expect(columns * rows).toBe(tileCount(styleScale));
      expect(areaOf(tile)).toBeLessThan(1.02 * areaOf(photo));
      const side = Math.sqrt(areaOf(tile) * columns * rows);
      expect(side / Math.sqrt(areaOf(photo))).toBeCloseTo(styleScale / 100, 1);
    },
  );

  it('is never less than 64×64 pixels, or than the photo', () => {
    expect(areaOf(tilingFor(photo, { width: 128, height: 96 }, 25).tile)).toBeCloseTo(64 ** 2, -3);
    expect(areaOf(tilingFor(photo, { width: 40, height: 30 }, 25).tile)).toBeCloseTo(40 * 30, -2);
  });
});

describe('the Gram matrices of a painting', () => {
  const looker = { recipe: tinyRecipe, executor: onnxExecutor(2), memory: memoryOf(0) };
  const gramsAt = async (picture: Picture, size: Size, styleScale: number) => {
    const styles = [{ picture, weight: 1 }];
    return (await blendedManner(looker, styles, size, styleScale, 4)).grams;
  };
  const painting = waves({ width: 400, height: 300 }, 2);

  it('are the same in tiles as of the whole, nearly', async () => {
    const whole = await gramsAt(painting, { width: 400, height: 300 }, 100);
    const tiled = await gramsAt(painting, { width: 200, height: 150 }, 200);
    expect(distance(tiled, whole)).toBeLessThan(0.03);
  });

  it('are at twice the scale those of the painting enlarged to twice its size', async () => {
    const enlarged = resample(painting, { width: 800, height: 600 });
    const atTwice = await gramsAt(painting, painting, 200);
    expect(distance(atTwice, await gramsAt(enlarged, enlarged, 100))).toBeLessThan(0.03);
    expect(distance(atTwice, await gramsAt(painting, painting, 100))).toBeGreaterThan(0.06);
  });

  it('are the weighted mean of several paintings’', async () => {
    const other = flat({ width: 40, height: 30 }, 1, 0, 0.5);
    const [one, two] = [await gramsAt(painting, photo, 100), await gramsAt(other, photo, 100)];
    const styles = [
      { picture: painting, weight: 0.7 },
      { picture: other, weight: 0.3 },
    ];
    const { grams: both } = await blendedManner(looker, styles, photo, 100, 4);
    for (const [layer, gram] of both)
      for (const [i, value] of gram.entries())
        expect(value).toBeCloseTo(
          0.7 * (one.get(layer)?.[i] ?? NaN) + 0.3 * (two.get(layer)?.[i] ?? NaN),
          4,
        );
  });
});

/** The largest Σ|a − b| / Σ|b| of any layer. */
function distance(a: ByLayer, b: ByLayer): number {
  const sum = (values: readonly number[]) => values.reduce((x, y) => x + Math.abs(y), 0);
  return Math.max(
    ...[...b].map(([layer, gram]) => {
      const differences = [...gram].map((value, i) => (a.get(layer)?.[i] ?? NaN) - value);
      return sum(differences) / sum([...gram]);
    }),
  );
}
