import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { styleWeights, variationWeight } from '../../../src/style/losses.js';
import { compileObjective, objectiveGraph } from '../../../src/style/objective.js';
import type { Picture } from '../../../src/style/picture.js';
import { contentOf, mannerOf } from '../../../src/style/targets.js';
import { cut, paste, tilesOf } from '../../../src/style/tiles.js';
import { noise, waves } from '../../support/pictures.js';
import { values } from '../../support/random.js';
import { tinyRecipe } from '../../support/tiny-network.js';

/** Sides that are multiples of a network's reduction. */
const pictures = fc
  .tuple(
    fc.constantFrom(2, 4, 8, 16),
    fc.integer({ min: 4, max: 130 }),
    fc.integer({ min: 4, max: 130 }),
  )
  .map(([unit, across, down]) => ({ unit, width: across * 16, height: down * 16 }));

describe('the tiles of a picture', () => {
  it('are one if it is small, and that is the picture', () => {
    const whole = { left: 0, top: 0, width: 544, height: 416 };
    expect(tilesOf(whole, 16)).toEqual([{ whole, core: whole }]);
  });

  it('are of one size that is bounded, and lie within the picture at multiples of the unit', () => {
    fc.assert(
      fc.property(pictures, ({ unit, ...size }) => {
        const tiles = tilesOf(size, unit);
        const [first] = tiles;
        for (const { whole } of tiles) {
          expect([whole.width, whole.height]).toEqual([first?.whole.width, first?.whole.height]);
          expect(whole.width * whole.height).toBeLessThanOrEqual(560 * 560);
          for (const value of Object.values(whole)) expect(value % unit).toBe(0);
          expect(Math.min(whole.left, whole.top)).toBeGreaterThanOrEqual(0);
          expect(whole.left + whole.width).toBeLessThanOrEqual(size.width);
          expect(whole.top + whole.height).toBeLessThanOrEqual(size.height);
        }
      }),
    );
  });

  it('have cores that cover every pixel once, 16 pixels and more from where the tile ends within the picture', () => {
    fc.assert(
      fc.property(pictures, ({ unit, ...size }) => {
        const covered = new Uint8Array(size.width * size.height);
        for (const { whole, core } of tilesOf(size, unit)) {
          for (let y = core.top; y < core.top + core.height; y++)
            for (let x = core.left; x < core.left + core.width; x++) {
              const i = y * size.width + x;
              covered[i] = (covered[i] ?? 0) + 1;
            }
          const gaps = [
            whole.left === 0 ? 99 : core.left - whole.left,
            whole.top === 0 ? 99 : core.top - whole.top,
            whole.left + whole.width === size.width
              ? 99
              : whole.left + whole.width - core.left - core.width,
            whole.top + whole.height === size.height
              ? 99
              : whole.top + whole.height - core.top - core.height,
          ];
          expect(Math.min(...gaps)).toBeGreaterThanOrEqual(16);
        }
        expect(covered.every((count) => count === 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('put together again are the picture', () => {
    const size = { width: 1200, height: 640 };
    const planes = values(2 * size.width * size.height, 1);
    const together = new Float32Array(planes.length);
    for (const tile of tilesOf(size, 16))
      paste(together, size, cut(planes, size, tile.whole), tile);
    expect(Buffer.from(together.buffer).equals(Buffer.from(planes.buffer))).toBe(true);
  });
});

describe('the objective of a picture in tiles', () => {
  const executor = onnxExecutor(2);
  const size = { width: 640, height: 560 };
  const photo = waves(size, 1);
  const painting = waves({ width: 320, height: 320 }, 3);
  const factors = { elsewhere: 1.5, inFaces: 1.5 };

  /** What the whole picture gives at once, without tiles. */
  async function atOnce(picture: Picture) {
    const { grams, moments, roughness } = await mannerOf(tinyRecipe, executor, [painting]);
    const [content = new Map<string, Float32Array>()] = await contentOf(
      tinyRecipe,
      executor,
      [photo],
      moments,
    );
    const sumOf = (data: Float32Array, of: (x: number) => number) =>
      data.reduce((sum, x) => sum + of(x), 0);
    const inputs: Record<string, Float32Array> = {
      'variation.weight': Float32Array.of(variationWeight(tinyRecipe.variation, roughness)),
      'content.elsewhere': Float32Array.of(factors.elsewhere),
    };
    for (const [layer, gram] of grams) {
      const weight = tinyRecipe.styleLayers[layer] ?? NaN;
      inputs[`style.${layer}.target`] = gram;
      inputs[`style.${layer}.weights`] = styleWeights(gram).map((share) => weight * share);
    }
    for (const [layer, target] of content) {
      const weight = (tinyRecipe.contentLayers[layer] ?? NaN) / sumOf(target, (x) => x * x);
      inputs[`content.${layer}.target`] = target;
      inputs[`content.${layer}.weight`] = Float32Array.of(weight);
    }
    const program = await executor.compile(objectiveGraph(tinyRecipe, size), inputs);
    const result = await program.run({ picture: picture.data });
    await program.release();
    return result;
  }

  it('is nearly that of the picture at once, and so is its gradient', async () => {
    expect(tilesOf(size, 4)).toHaveLength(2);
    const picture = noise(size, 5);
    const expected = await atOnce(picture);
    const manner = await mannerOf(tinyRecipe, executor, [painting]);
    const objective = await compileObjective(tinyRecipe, executor, photo, manner);
    const actual = await objective.evaluate(picture.data, factors);
    await objective.release();
    for (const name of ['style', 'content', 'variation'] as const)
      expect(actual[name] / (expected[name][0] ?? NaN)).toBeCloseTo(1, 0);
    let [difference, length] = [0, 0];
    for (const [i, value] of expected.gradient.entries()) {
      difference += ((actual.gradient[i] ?? NaN) - value) ** 2;
      length += value ** 2;
    }
    expect(Math.sqrt(difference / length)).toBeLessThan(0.2);
  });
});
