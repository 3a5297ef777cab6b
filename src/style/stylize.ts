import { descended, type DescentOptions, type Painter } from './descent.js';
import { likeness } from './judge.js';
import { grayscale, withColorsOf } from './luminance.js';
import type { Style } from './paintings.js';
import type { Picture } from './picture.js';
import { colorStatistics, recolored } from './recolor.js';
import { likenessAt, OPAQUE } from './strength.js';

/** Whose colors a picture has: the painting's, or still the photo's. */
export const palettes = ['paint', 'keep'] as const;
export type Palette = (typeof palettes)[number];

export interface StylizeOptions extends Omit<DescentOptions, 'likeness'> {
  /** The paintings, at least one, with weights relative to each other. */
  readonly styles: readonly Style[];
  /** 0 (the photo) to 100 (all painting); 50 is balanced. */
  readonly strength: number;
  readonly colors: Palette;
}

/** Paints the content in the manner of the styles, so that as much of the photo is left as the strength promises. */
export async function stylize(painter: Painter, options: StylizeOptions): Promise<Picture> {
  const { content, strength } = options;
  if (strength === 0) return content;
  return glazed(painter, content, await painted(painter, options), strength);
}

/**
 * The photo in paint that covers it: below strength 50 it is the same as at 50. If it keeps its colors, it is painted in
 * gray, after gray paintings made as light and as rich in contrast as the photo, and colored again (see luminance.ts).
 */
export async function painted(painter: Painter, options: StylizeOptions): Promise<Picture> {
  const { content, colors, strength } = options;
  const styles = normalized(options.styles);
  const wanted = likenessAt(Math.max(OPAQUE, strength));
  if (colors === 'paint') return descended(painter, { ...options, styles, likeness: wanted });
  const gray = grayscale(content);
  const lightness = colorStatistics(gray);
  const paint = await descended(painter, {
    ...options,
    likeness: wanted,
    content: gray,
    styles: styles.map(({ picture, weight }) => ({
      picture: recolored(grayscale(picture), lightness),
      weight,
    })),
  });
  return withColorsOf(content, paint);
}

/** How often the thickness of the paint is halved into: to a hundredth. */
const HALVINGS = 7;

/**
 * The photo under the paint of `painted`, as thin as it takes for the judge to find as much of the photo as the strength
 * promises; not at all thinner if there is enough of it. In sRGB values, whose steps look alike, so that half is half to the eye.
 */
export async function glazed(
  { look }: Pick<Painter, 'look'>,
  photo: Picture,
  paint: Picture,
  strength: number,
): Promise<Picture> {
  const wanted = likenessAt(strength);
  const seen = await look(photo);
  const isLikeEnough = async (picture: Picture) => likeness(await look(picture), seen) >= wanted;
  if (await isLikeEnough(paint)) return paint;
  let [thin, thick] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const opacity = (thin + thick) / 2;
    if (await isLikeEnough(mixed(photo, paint, opacity))) thin = opacity;
    else thick = opacity;
  }
  return mixed(photo, paint, thin);
}

function mixed(photo: Picture, paint: Picture, opacity: number): Picture {
  const data = paint.data.map((value, i) => (1 - opacity) * (photo.data[i] ?? 0) + opacity * value);
  return { ...paint, data };
}

function normalized(styles: readonly Style[]): readonly Style[] {
  const sum = styles.reduce((total, { weight }) => total + weight, 0);
  if (!(sum > 0)) throw new RangeError('the weights of the styles must sum to more than 0');
  return styles.map(({ picture, weight }) => ({ picture, weight: weight / sum }));
}
