import type { Executor } from '../graph/executor.js';
import type { Recipe } from '../networks/recipe.js';
import { descended, OPAQUE, type DescentOptions } from './descent.js';
import { grayscale, withColorsOf } from './luminance.js';
import type { Style } from './paintings.js';
import type { Picture } from './picture.js';
import { colorStatistics, recolored } from './recolor.js';

/** Whose colors a picture has: the painting's, or still the photo's. */
export const palettes = ['paint', 'keep'] as const;
export type Palette = (typeof palettes)[number];

export interface StylizeOptions extends DescentOptions {
  /** The paintings, at least one, with weights relative to each other. */
  readonly styles: readonly Style[];
  /** 0 (the photo) to 100 (all painting); 50 is balanced. */
  readonly strength: number;
  readonly colors: Palette;
}

/** Paints the content in the manner of the styles, as a glaze through which the photo shows at strengths below 50. */
export async function stylize(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, strength } = options;
  if (strength === 0) return content;
  return glazed(content, await painted(recipe, executor, options), strength);
}

/**
 * The photo in paint that covers it: below strength 50 it is the same as at 50. If it keeps its colors, it is painted in
 * gray, after gray paintings made as light and as rich in contrast as the photo, and colored again (see luminance.ts).
 */
export async function painted(
  recipe: Recipe,
  executor: Executor,
  options: StylizeOptions,
): Promise<Picture> {
  const { content, colors } = options;
  const styles = normalized(options.styles);
  if (colors === 'paint') return descended(recipe, executor, { ...options, styles });
  const gray = grayscale(content);
  const lightness = colorStatistics(gray);
  const paint = await descended(recipe, executor, {
    ...options,
    content: gray,
    styles: styles.map(({ picture, weight }) => ({
      picture: recolored(grayscale(picture), lightness),
      weight,
    })),
  });
  return withColorsOf(content, paint);
}

/**
 * The photo under the paint of `painted`, as thick as the strength says. In sRGB values, whose steps look alike, so that
 * half is half to the eye.
 */
export function glazed(photo: Picture, paint: Picture, strength: number): Picture {
  const opacity = Math.min(1, strength / OPAQUE);
  const data = paint.data.map((value, i) => (1 - opacity) * (photo.data[i] ?? 0) + opacity * value);
  return { ...paint, data };
}

function normalized(styles: readonly Style[]): readonly Style[] {
  const sum = styles.reduce((total, { weight }) => total + weight, 0);
  if (!(sum > 0)) throw new RangeError('the weights of the styles must sum to more than 0');
  return styles.map(({ picture, weight }) => ({ picture, weight: weight / sum }));
}
