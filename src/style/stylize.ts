import { descended, type DescentOptions, type Painter } from './descent.js';
import { asJudged, likeness, styleDistance } from './judge.js';
import { grayscale, withColorsOf } from './luminance.js';
import type { Style } from './paintings.js';
import type { Picture } from './picture.js';
import { colorStatistics, recolored } from './recolor.js';
import { likenessAt, OPAQUE } from './strength.js';

/** Whose colors a picture has: the painting's, or still the photo's. */
export const palettes = ['paint', 'keep'] as const;
export type Palette = (typeof palettes)[number];

export interface StylizeOptions extends Omit<DescentOptions, 'likeness' | 'contentFactor'> {
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
 * The photo in paint that covers it: below strength 50 it is the same as at 50. The judge looks at it before anybody else does:
 * if it has gone wrong, the photo is painted once more in another way, which is kept if nothing is wrong with it.
 */
export async function painted(painter: Painter, options: StylizeOptions): Promise<Picture> {
  const styles = normalized(options.styles);
  const wanted = likenessAt(Math.max(OPAQUE, options.strength));
  const brief = { ...options, styles, likeness: wanted };
  const first = await inColors(painter, brief);
  const flaw = await flawOf(painter, brief, first);
  if (flaw === undefined) return first;
  const { painter: other, contentFactor } = remedies[flaw](painter);
  const seed = options.seed === 0 ? 1 : options.seed - 1;
  // Nobody who watches is told: it would go back to the beginning.
  const { onProgress, ...unwatched } = brief;
  const second = await inColors(other, { ...unwatched, seed, contentFactor });
  const isMended = (await flawOf(painter, brief, second)) === undefined;
  return isMended ? second : first;
}

type Flaw = 'unchanged' | 'lost' | 'noise';

/** In which other way to paint what has gone wrong. */
const remedies: Readonly<
  Record<Flaw, (painter: Painter) => { readonly painter: Painter; readonly contentFactor: number }>
> = {
  unchanged: (painter) => ({ painter, contentFactor: 1 / 16 }),
  lost: (painter) => ({ painter, contentFactor: 16 }),
  noise: (painter) => {
    const { variation } = painter.recipe;
    return {
      painter: { ...painter, recipe: { ...painter.recipe, variation: 16 * variation } },
      contentFactor: 1,
    };
  },
};

/** How far beside the promised likeness a picture is taken for one that has gone wrong. */
const WRONG = 0.25;

/** What is wrong with a picture, if the judge finds anything: too much of the photo in it, too little, or no style. */
async function flawOf(
  { look }: Painter,
  { content, styles, styleScale, colors, likeness: wanted }: Brief,
  picture: Picture,
): Promise<Flaw | undefined> {
  const [seen, photo] = [await look(picture), await look(content)];
  const found = likeness(seen, photo);
  if (found > wanted + WRONG) return 'unchanged';
  if (found < wanted - WRONG) return 'lost';
  // Of brushwork in another size, or in the photo's colors, the judge could not tell.
  if (styleScale !== 100 || colors === 'keep') return undefined;
  let [before, after] = [0, 0];
  for (const style of styles) {
    const painting = await look(style.picture);
    before += style.weight * styleDistance(photo, painting);
    after += style.weight * styleDistance(seen, painting);
  }
  return after > before ? 'noise' : undefined;
}

type Brief = StylizeOptions & { readonly likeness: number };

/**
 * If the photo keeps its colors, it is painted in gray, after gray paintings made as light and as rich in contrast as
 * the photo, and colored again (see luminance.ts).
 */
async function inColors(
  painter: Painter,
  options: Brief & Pick<DescentOptions, 'contentFactor'>,
): Promise<Picture> {
  const { content, colors } = options;
  if (colors === 'paint') return descended(painter, options);
  const gray = grayscale(content);
  const lightness = colorStatistics(gray);
  const paint = await descended(painter, {
    ...options,
    content: gray,
    styles: options.styles.map(({ picture, weight }) => ({
      picture: recolored(grayscale(picture), lightness),
      weight,
    })),
  });
  return withColorsOf(content, paint);
}

/** How far beside the promised likeness the paint is thin enough. */
const NEAR = 0.005;
/** How often the judge is asked at most until it is. */
const LOOKS = 7;

/**
 * The photo under the paint of `painted`, as thin as it takes for the judge to find as much of the photo as the strength
 * promises; not at all thinner if there is enough of it. In sRGB values, whose steps look alike, so that half is half to the eye.
 *
 * How thin is found by the Illinois method (Dowell and Jarratt 1971): where a straight line between a thinner and a thicker
 * coat keeps the promise; if twice the same of the two is replaced, the other counts half, or it would stay for ever.
 */
export async function glazed(
  { look }: Pick<Painter, 'look'>,
  photo: Picture,
  paint: Picture,
  strength: number,
): Promise<Picture> {
  const wanted = likenessAt(strength);
  const seen = await look(photo);
  const excessOf = async (picture: Picture) => likeness(await look(picture), seen) - wanted;
  let thick = { opacity: 1, excess: await excessOf(paint) };
  if (thick.excess > -NEAR) return paint;
  let thin = { opacity: 0, excess: 1 - wanted };
  let closest = thick;
  let last: 'thin' | 'thick' | undefined;
  const [smallPhoto, smallPaint] = [asJudged(photo), asJudged(paint)];
  for (let i = 0; i < LOOKS && Math.abs(closest.excess) >= NEAR; i++) {
    const share = thin.excess / (thin.excess - thick.excess);
    const opacity = thin.opacity + share * (thick.opacity - thin.opacity);
    const found = { opacity, excess: await excessOf(mixed(smallPhoto, smallPaint, opacity)) };
    if (found.excess > 0) {
      if (last === 'thin') thick = { ...thick, excess: thick.excess / 2 };
      [thin, last] = [found, 'thin'];
    } else {
      if (last === 'thick') thin = { ...thin, excess: thin.excess / 2 };
      [thick, last] = [found, 'thick'];
    }
    if (Math.abs(found.excess) < Math.abs(closest.excess)) closest = found;
  }
  return mixed(photo, paint, closest.opacity);
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
