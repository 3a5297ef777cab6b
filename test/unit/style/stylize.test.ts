import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { descended, type PaintingProgress } from '../../../src/style/descent.js';
import { INPUT } from '../../../src/networks/network.js';
import { borderFor, cropped } from '../../../src/style/border.js';
import type { Losses } from '../../../src/style/objective.js';
import { pictureOf, type Picture } from '../../../src/style/picture.js';
import { colorStatistics, recolored } from '../../../src/style/recolor.js';
import { resample } from '../../../src/style/resample.js';
import { glazed, stylize, type StylizeOptions } from '../../../src/style/stylize.js';
import { listening } from '../../support/listening.js';
import { flat, meanOf, noise, waves } from '../../support/pictures.js';
import { judgeOn, likeness } from '../../../src/style/judge.js';
import { likenessAt } from '../../../src/style/strength.js';
import { tinyPainter } from '../../support/tiny-network.js';

const executor = onnxExecutor(2);
const painter = tinyPainter(executor);
const options: StylizeOptions = {
  content: waves({ width: 150, height: 130 }, 1),
  styles: [{ picture: waves({ width: 90, height: 140 }, 3), weight: 1 }],
  strength: 50,
  styleScale: 100,
  colors: 'paint',
  quality: 'normal',
  faces: [],
  seed: 1,
};
const paint = (changes: Partial<StylizeOptions> = {}) =>
  stylize(painter, { ...options, ...changes });

/** Quick to paint, at one scale. */
const small = waves({ width: 40, height: 36 }, 1);
const lossesOf = async (changes: Partial<StylizeOptions>): Promise<readonly Losses[]> => {
  const seen: Losses[] = [];
  await paint({ content: small, onProgress: ({ losses }) => seen.push(losses), ...changes });
  return seen;
};

/** The picture at which the losses are evaluated first, as the executor gets it; its content must fit one scale. */
async function startOf(changes: Pick<StylizeOptions, 'content' | 'styles'>): Promise<Picture> {
  const starts: Float32Array[] = [];
  const heard = listening(executor, (outputs, { picture }) => {
    if (outputs.includes('gradient') && picture !== undefined)
      starts.push(Float32Array.from(picture));
  });
  await stylize({ ...painter, executor: heard }, { ...options, ...changes });
  const { width, height } = changes.content;
  const border = borderFor(changes.content, 4); // the tiny network halves twice
  return cropped(
    {
      width: border.left + width + border.right,
      height: border.top + height + border.bottom,
      data: starts[0] ?? new Float32Array(),
    },
    border,
  );
}

describe('stylize', () => {
  it('gives a picture of the content’s size with every value in 0..1', async () => {
    const { width, height, data } = await paint();
    expect([width, height, data.length]).toEqual([150, 130, 3 * 150 * 130]);
    expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('gives the same picture for the same seed and another for another', async () => {
    const [first, second, other] = [await paint(), await paint(), await paint({ seed: 2 })];
    expect(second.data).toEqual(first.data);
    expect(other.data).not.toEqual(first.data);
  });

  it('lowers the style loss at every scale and reports each iteration once, in order', async () => {
    const seen: PaintingProgress[] = [];
    await paint({ onProgress: (progress) => seen.push(progress) });
    for (let scale = 1; scale <= (seen[0]?.scales ?? 0); scale++) {
      const steps = seen.filter((progress) => progress.scale === scale);
      const once = Array.from({ length: steps[0]?.iterations ?? 0 }, (_, i) => i + 1);
      // The coarsest may be painted twice.
      expect(scale === 1 ? [once, [...once, ...once]] : [once]).toContainEqual(
        steps.map(({ iteration }) => iteration),
      );
      expect(steps.at(-1)?.losses.style).toBeLessThan(steps[0]?.losses.style ?? 0);
    }
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1);
  });

  it('does not bring back what is too fine to be seen at 512 pixels', async () => {
    // A checkerboard of single pixels is gray at every scale but its own; a network that sees pixels would see it there.
    const size = { width: 630, height: 630 };
    const photo = pictureOf(size, (_, y, x) => (x + y) % 2);
    const recipe = { ...painter.recipe, contentLayers: { [INPUT]: 1 } };
    const held = { ...options, quality: 'draft', content: photo, contentFactor: 64 } as const;
    const { data } = await descended({ ...painter, recipe }, held);
    const ofPhoto = data.reduce((sum, x, i) => sum + x * ((photo.data[i] ?? 0) - 0.5), 0);
    expect(Math.abs(ofPhoto) / data.length).toBeLessThan(0.005);
  });

  it('begins with the photo in the painting’s colors, with a little grain', async () => {
    const content = pictureOf(
      { width: 110, height: 100 }, // small enough to be painted at one scale
      (c, y, x) => 0.5 + 0.1 * Math.sin(((1 + c) * x - y) / 9),
    );
    const painting = pictureOf(
      { width: 90, height: 140 },
      (c, y, x) => 0.3 + 0.1 * c + 0.08 * Math.sin((x + 2 * y) / (4 + c)),
    );
    const start = await startOf({ content, styles: [{ picture: painting, weight: 1 }] });
    const palette = colorStatistics(painting);
    const colors = colorStatistics(start);
    for (const [c, mean] of palette.mean.entries()) expect(colors.mean[c]).toBeCloseTo(mean, 2);
    for (const [i, row] of palette.covariance.to2DArray().entries())
      for (const [j, value] of row.entries())
        expect(Math.abs(colors.covariance.get(i, j) - value)).toBeLessThan(3e-4);
    const clean = recolored(content, palette).data;
    const grain = start.data.map((value, i) => value - (clean[i] ?? NaN));
    expect(meanOf(grain)).toBeCloseTo(0, 3);
    // Evenly spread over ±0.02: five steps of 8-bit color to either side.
    expect(Math.max(...grain.map(Math.abs))).toBeLessThanOrEqual(0.02 + 1e-6);
    expect(Math.sqrt(meanOf(grain.map((g) => g * g)))).toBeCloseTo(0.04 / Math.sqrt(12), 3);
  });

  it('sees a painting at as many pixels as the photo has, however large its file is', async () => {
    const painting = waves({ width: 90, height: 140 }, 3);
    const enlarged = resample(painting, { width: 270, height: 420 });
    const [asItIs, larger] = [
      await lossesOf({ styles: [{ picture: painting, weight: 1 }] }),
      await lossesOf({ styles: [{ picture: enlarged, weight: 1 }] }),
    ];
    expect((larger[0]?.style ?? NaN) / (asItIs[0]?.style ?? NaN)).toBeCloseTo(1, 1);
  });

  it('blends several paintings by weight', async () => {
    const one = { picture: waves({ width: 90, height: 90 }, 3), weight: 1 };
    const other = { picture: noise({ width: 90, height: 90 }, 5), weight: 1 };
    const onlyOne = await paint({ styles: [one, { ...other, weight: 0 }] });
    const blended = await paint({ styles: [one, other] });
    expect(onlyOne.data).toEqual((await paint({ styles: [one] })).data);
    expect(blended.data).not.toEqual(onlyOne.data);
  });

  it('stops between two iterations when told to, with the reason given', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let iterations = 0;
    const work = paint({
      signal: controller.signal,
      onProgress: () => {
        if (++iterations === 3) controller.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect(iterations).toBe(3);
  });

  it('refuses to paint without a painting', async () => {
    await expect(paint({ styles: [] })).rejects.toThrow(RangeError);
  });
});

describe('faces', () => {
  const face = { left: 0.3, top: 0.2, width: 0.4, height: 0.5 };
  const contentAt = async (factor: number, faces: StylizeOptions['faces']) => {
    const losses: Losses[] = [];
    const onProgress = (progress: PaintingProgress) => losses.push(progress.losses);
    const recipe = { ...painter.recipe, faces: factor };
    // At strength 80 the content counts at first what the recipe says.
    const brief = { ...options, strength: 80, content: small, faces, onProgress };
    await stylize({ ...painter, recipe }, brief);
    return losses[0]?.content ?? NaN; // at the start, which is the same for all
  };

  it('change nothing where there are none, or where the network counts them like the rest', async () => {
    const plain = await contentAt(8, []);
    expect((await contentAt(1, [face])) / plain).toBeCloseTo(1, 5);
    const beyond = { ...face, left: 40 };
    expect((await contentAt(8, [beyond])) / plain).toBeCloseTo(1, 5);
  });

  it('count as many times as much as the recipe says', async () => {
    // A face as large as this covers the picture, so every position counts in full.
    const everywhere = { left: -9.5, top: -9.5, width: 20, height: 20 };
    const plain = await contentAt(8, []);
    expect((await contentAt(8, [everywhere])) / plain).toBeCloseTo(8, 3);
    expect((await contentAt(8, [face])) / plain).toBeGreaterThan(1.1);
  });
});

describe('strength', () => {
  const paintSmall = (strength: number) => paint({ content: small, strength });
  const likenessOf = async (picture: Picture) =>
    likeness(await painter.look(picture), await painter.look(small));

  it('0 is the photo itself, whatever the painting', async () => {
    expect(await paintSmall(0)).toEqual(small);
    const styles = [{ picture: noise({ width: 20, height: 30 }, 1), weight: 1 }];
    expect(await paint({ strength: 0, styles })).toEqual(options.content);
  });

  it('below 50 is the picture painted at 50 as a glaze, with as much of the photo in it as promised', async () => {
    const full = await paintSmall(50);
    for (const strength of [5, 12.5, 25]) {
      const thin = await paintSmall(strength);
      expect(await likenessOf(thin)).toBeCloseTo(likenessAt(strength), 1);
      // Every pixel lies on the straight line between photo and paint, at the same part of the way.
      const opacity = opacityOf(thin, full);
      const expected = small.data.map(
        (photo, i) => photo + opacity * ((full.data[i] ?? NaN) - photo),
      );
      for (const [i, value] of thin.data.entries())
        expect(value).toBeCloseTo(expected[i] ?? NaN, 4);
    }
  });

  it.each([10, 25, 50, 75, 90])(
    '%i is kept to by a glaze, also where the photo is hard to see under little paint',
    async (strength) => {
      const look = judgeOn(executor);
      const photo = waves({ width: 150, height: 130 }, 1);
      const under = await look(photo);
      for (const grain of [
        noise({ width: 150, height: 130 }, 1),
        waves({ width: 150, height: 130 }, 40),
      ]) {
        const picture = await glazed({ look }, photo, grain, strength);
        const beside = likeness(await look(picture), under) - likenessAt(strength);
        expect(Math.abs(beside)).toBeLessThan(0.01);
      }
    },
  );

  it('leads farther from the photo with every step', async () => {
    const steps = [];
    // Random weights do not paint so well that more than this is kept of the photo's promise.
    for (const strength of [0, 5, 10, 20, 30])
      steps.push(await likenessOf(await paintSmall(strength)));
    expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    expect(new Set(steps).size).toBe(steps.length);
  });

  it('above 50 leaves less of the photo and reaches the painting’s style more closely', async () => {
    const middle = await paint({ strength: 50 });
    const most = await paint({ strength: 100 });
    const { look } = painter;
    const photo = await look(options.content);
    const left = [likeness(await look(middle), photo), likeness(await look(most), photo)];
    expect(left[1]).toBeLessThan(left[0] ?? NaN);
  });
});

/** At which part of the way from the small photo to the paint a picture is, where they differ the most. */
function opacityOf(picture: Picture, paint: Picture): number {
  const differences = paint.data.map((value, i) => value - (small.data[i] ?? NaN));
  const largest = differences.reduce(
    (best, difference, i) => (Math.abs(difference) > Math.abs(differences[best] ?? 0) ? i : best),
    0,
  );
  return (
    ((picture.data[largest] ?? NaN) - (small.data[largest] ?? NaN)) / (differences[largest] ?? NaN)
  );
}

describe('a picture that keeps the photo’s colors', () => {
  const content = pictureOf(
    { width: 60, height: 50 },
    (c, y, x) => 0.5 + 0.1 * Math.sin((x + 2 * y) / 7) + (x < 30 ? 0.1 : -0.1) * (1 - c),
  );
  const styles = [{ picture: waves({ width: 90, height: 140 }, 3), weight: 1 }];
  const lightnessOf = ({ data }: Picture, p: number) =>
    0.299 * (data[p] ?? NaN) + 0.587 * (data[p + 3000] ?? NaN) + 0.114 * (data[p + 6000] ?? NaN);

  it('has them at every pixel, where it is painted in other lightness', async () => {
    const kept = await paint({ content, styles, strength: 100, colors: 'keep' });
    let moved = 0;
    for (let p = 0; p < 3000; p++) {
      const change = lightnessOf(kept, p) - lightnessOf(content, p);
      moved += Math.abs(change) / 3000;
      for (let i = p; i < 9000; i += 3000) {
        const expected = Math.min(1, Math.max(0, (content.data[i] ?? NaN) + change));
        // What was cut off at 0 or 1 has lost some of its color.
        if (expected > 0.01 && expected < 0.99) expect(kept.data[i]).toBeCloseTo(expected, 1);
      }
    }
    expect(moved).toBeGreaterThan(0.004); // a step of 8-bit color; the photo has little contrast, and so has its paint
  });

  it('has them on average, too, unlike one in the painting’s', async () => {
    const means = ({ data }: Picture) =>
      [0, 1, 2].map((c) => meanOf(data.subarray(c * 3000, (c + 1) * 3000)));
    const redder = [{ picture: flat({ width: 40, height: 40 }, 0.9, 0.2, 0.1), weight: 1 }];
    const shiftOf = (picture: Picture) =>
      Math.max(...means(picture).map((mean, c) => Math.abs(mean - (means(content)[c] ?? NaN))));
    expect(shiftOf(await paint({ content, styles: redder, colors: 'keep' }))).toBeLessThan(0.03);
    expect(shiftOf(await paint({ content, styles: redder }))).toBeGreaterThan(0.2);
  });
});
