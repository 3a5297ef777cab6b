import { costOfPainting, type Painter } from '../style/descent.js';
import { pictureOf, type Picture, type Size } from '../style/picture.js';
import type { Quality, Watched } from '../style/schedule.js';
import { OPAQUE } from '../style/strength.js';
import { glazed, painted, type StylizeOptions } from '../style/stylize.js';

/*
 * A contact sheet: the same photo and paintings at several strengths and scales, to choose from.
 */

/** The columns, left to right. */
export const strengths = [25, 50, 75, 100] as const;
/** The rows, top to bottom: the size of the brushwork, in percent. */
export const scales = [50, 200] as const;

/** The white between two neighbors, in pixels. */
export const GAP = 6;

/** Longest side of one picture, for a sheet of a job of that size: one of wide pictures becomes about twice that wide. */
export function panelSize(size: number): number {
  return Math.ceil(size / 2);
}

/** What is only to be chosen from is painted faster than what is to be kept. */
const hastier: Readonly<Record<Quality, Quality>> = {
  draft: 'draft',
  normal: 'draft',
  fine: 'normal',
};

/** The strengths that are painted: what is thinner than opaque is the opaque one as a glaze. */
const opaque = [...new Set(strengths.map(paintFor))];

/** The strength of the paint under which a strength is a glaze, or itself. */
function paintFor(strength: number): number {
  return Math.max(strength, OPAQUE);
}

export interface VariationsOptions extends Omit<
  StylizeOptions,
  'strength' | 'styleScale' | 'onProgress'
> {
  readonly onProgress?: (progress: Watched) => void;
}

/** Paints the sheet, from a photo as large as each picture on it shall be. */
export async function variations(
  painter: Painter,
  { onProgress, ...options }: VariationsOptions,
): Promise<Picture> {
  const { content } = options;
  const quality = hastier[options.quality];
  const styles = options.styles.length;
  const total = costOfVariations(content, { quality: options.quality, styles });
  let spent = 0;
  const rows = [];
  for (const styleScale of scales) {
    const cost = costOfPainting(content, { quality, styles, styleScale });
    const paints = new Map<number, Picture>();
    for (const strength of opaque) {
      const before = spent;
      const paint = await painted(painter, {
        ...options,
        quality,
        strength,
        styleScale,
        onProgress: ({ losses, ...progress }) =>
          onProgress?.({ ...progress, fraction: (before + progress.fraction * cost) / total }),
      });
      paints.set(strength, paint);
      spent += cost;
    }
    const row = [];
    for (const strength of strengths)
      row.push(await glazed(painter, content, paints.get(paintFor(strength)) ?? content, strength));
    rows.push(row);
  }
  return sheetOf(content, rows);
}

/** What a sheet takes with pictures of that size; see ../style/cost.ts. */
export function costOfVariations(
  content: Size,
  { quality, styles }: { readonly quality: Quality; readonly styles: number },
): number {
  const costs = scales.map((styleScale) =>
    costOfPainting(content, { quality: hastier[quality], styles, styleScale }),
  );
  return opaque.length * costs.reduce((sum, cost) => sum + cost, 0);
}

/** Pictures of one size in rows, with white between them. */
function sheetOf({ width, height }: Size, rows: readonly (readonly Picture[])[]): Picture {
  const columns = rows[0]?.length ?? 0;
  const size = {
    width: columns * (width + GAP) - GAP,
    height: rows.length * (height + GAP) - GAP,
  };
  return pictureOf(size, (channel, y, x) => {
    const [row, column] = [Math.floor(y / (height + GAP)), Math.floor(x / (width + GAP))];
    const [top, left] = [y % (height + GAP), x % (width + GAP)];
    if (top >= height || left >= width) return 1;
    return rows[row]?.[column]?.data[(channel * height + top) * width + left] ?? 0;
  });
}
