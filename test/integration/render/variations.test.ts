import { describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { GAP, panelSize, scales, strengths, variations } from '../../../src/render/variations.js';
import { pictureOf, type Picture } from '../../../src/style/picture.js';
import { sheet as layout } from '../../../src/requests/sheet.js';
import { stylize } from '../../../src/style/stylize.js';
import { waves } from '../../support/pictures.js';
import { tinyPainter } from '../../support/tiny-network.js';

describe('a sheet of variations', () => {
  const painter = tinyPainter(onnxExecutor(2));
  const content = waves({ width: 40, height: 30 }, 1);
  const options = {
    content,
    styles: [{ picture: waves({ width: 90, height: 140 }, 3), weight: 1 }],
    colors: 'paint',
    faces: [],
    quality: 'fine',
    seed: 1,
  } as const;
  const fractions: number[] = [];
  const sheet = variations(painter, {
    ...options,
    onProgress: ({ fraction }) => fractions.push(fraction),
  });

  /** What the sheet shows in that place. */
  const panel = ({ width, height, data }: Picture, row: number, column: number): Picture =>
    pictureOf(content, (channel, y, x) => {
      const [top, left] = [row * (content.height + GAP), column * (content.width + GAP)];
      return data[(channel * height + top + y) * width + left + x] ?? NaN;
    });

  it('is laid out as people are told', () => {
    expect({ strengths, scales }).toEqual(layout);
  });

  it('has a column for each strength, a row for each scale, and white between them', async () => {
    const { width, height, data } = await sheet;
    expect(width).toBe(strengths.length * 40 + (strengths.length - 1) * GAP);
    expect(height).toBe(scales.length * 30 + (scales.length - 1) * GAP);
    for (let x = 0; x < width; x++) expect(data[32 * width + x]).toBe(1);
    for (let y = 0; y < height; y++) expect(data[y * width + 40 + GAP - 1]).toBe(1);
  });

  it('shows what painting at each strength and scale gives, one quality faster', async () => {
    for (const [row, styleScale] of scales.entries())
      for (const [column, strength] of strengths.entries()) {
        const alone = { ...options, quality: 'normal', strength, styleScale } as const;
        const expected = await stylize(painter, alone);
        expect(panel(await sheet, row, column)).toEqual(expected);
      }
  });

  it('tells how far it is, up to the end, without going back', async () => {
    await sheet;
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1);
  });

  it('of wide pictures is about twice as wide as the job says', () => {
    const width = strengths.length * panelSize(512) + (strengths.length - 1) * GAP;
    expect(width).toBeGreaterThanOrEqual(1024);
    expect(width).toBeLessThanOrEqual(1200);
  });
});
