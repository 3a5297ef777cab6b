import { complete, parameters } from '../requests/parameters.js';
import { pick } from '../requests/pick.js';
import type { RenderRequest } from '../requests/request.js';
import type { Catalogue, Hint, Wish } from './catalogue.js';

/** A step that one sees. */
const STEP = 25;

/**
 * What to try next under a picture: another strength, which everybody understands, and one thing more, which differs from
 * mention to mention, so that people come to know what there is.
 */
export function hintsFor(
  request: RenderRequest,
  { wishes }: Catalogue,
  id: string,
): readonly Hint[] {
  const { strength, scale, colors } = complete(request.settings);
  const hint = (hashtag: string, wish: Wish): Hint => ({ hashtag, wish: wishes[wish] });
  const isDream = request.effect === 'dream';
  const byStrength =
    strength + STEP <= parameters.strength.max
      ? hint(`#strength${strength + STEP}`, isDream ? 'deeper dream' : 'more paint')
      : hint(`#strength${strength - STEP}`, isDream ? 'lighter dream' : 'more photo');
  const byScale =
    scale < 150
      ? hint('#scale200', isDream ? 'larger patterns' : 'broader strokes')
      : hint('#scale50', isDream ? 'smaller patterns' : 'finer strokes');
  const others =
    request.effect === 'dream'
      ? [byScale, hint('#style', 'house style')]
      : [
          byScale,
          colors === 'keep'
            ? hint('#colors paint', 'painting’s colors')
            : hint('#keepcolors', 'own colors'),
          // Of several paintings only one would change places.
          ...(request.styles.length === 1 ? [hint('#swap', 'swap')] : []),
          hint('#variations', 'variations'),
          hint('#dream', 'dream'),
          hint('#again', 'again'),
        ];
  const other = pick(others, id);
  return other === undefined ? [byStrength] : [byStrength, other];
}
