import type { Attachment } from '../platforms/port.js';
import type { Said, StyleWish, Vocabulary } from './hashtags.js';
import { clamped, complete, parameters, type Given } from './parameters.js';
import { pick } from './pick.js';
import {
  stylesOf,
  type HouseStyle,
  type Note,
  type RenderRequest,
  type Source,
  type Styles,
} from './request.js';

/** What there is to paint with. */
export interface Materials {
  /** Of the mention, and, where it has too few, of the post above it. */
  readonly pictures: readonly Attachment[];
  /** What was painted before in this thread. */
  readonly earlier: RenderRequest | undefined;
  readonly houseStyles: Vocabulary['houseStyles'];
  /** The mention's id, by which is chosen what the person leaves to us. */
  readonly mentionId: string;
}

/** By how much more paint is more. */
const STEP = 20;
/** Of each is fetched, looked at and remembered; and a blend of more looks like none of them. */
const MOST_PAINTINGS = 4;

/**
 * The request that comes of what there is and what was said: what was said before in the thread still holds, unless
 * something else is said now or two new pictures begin something new. Undefined if there is nothing to paint with.
 */
export function compose(materials: Materials, said: Said): RenderRequest | undefined {
  const { pictures, earlier } = materials;
  const before = pictures.length < 2 ? earlier : undefined;
  const wish = wished(said.style, before, materials);
  const [content, ...all] = arranged(pictures, before, wish.style, said);
  if (content === undefined) return undefined;
  const paintings = all.slice(0, MOST_PAINTINGS);
  const stepped = steppedFrom(before, said);
  const blended = blendedFor(paintings.length, stepped.settings, said);
  const { settings } = blended;
  const notes = [...said.notes, ...stepped.notes, ...wish.notes];
  if (said.almost?.type === 'did you mean') notes.push(said.almost);
  const [first, ...more] = paintings;
  const { actions } = said;
  // What takes two pictures is not dreamt once more instead.
  const goesOnDreaming =
    first === undefined &&
    before?.effect === 'dream' &&
    !actions.has('swap') &&
    !actions.has('variations');
  if (actions.has('dream') || goesOnDreaming) {
    if (pictures.length > 1) notes.push({ type: 'one picture dreams' });
    return { effect: 'dream', content, settings, notes };
  }
  if (first === undefined) return undefined;
  const styles: Styles = [first, ...more];
  notes.push(...blended.notes);
  if (all.length > MOST_PAINTINGS) notes.push({ type: 'too many paintings', used: MOST_PAINTINGS });
  return {
    effect: isSheet(before, said) ? 'variations' : 'painting',
    content,
    styles,
    settings,
    notes,
  };
}

/** A sheet to choose from is not chosen from by another sheet, unless one says so. */
function isSheet(before: RenderRequest | undefined, { actions, settings }: Said): boolean {
  const isAnother = before?.effect === 'variations' && Object.keys(settings).length === 0;
  return actions.has('variations') || (isAnother && actions.has('again'));
}

/** The photo, and then the paintings. */
function arranged(
  pictures: readonly Attachment[],
  before: RenderRequest | undefined,
  chosen: HouseStyle | undefined,
  { actions }: Said,
): readonly Source[] {
  const [picture] = pictures;
  const styles = before === undefined ? [] : stylesOf(before);
  // A dream takes the first picture, whatever was to become of the second.
  const isSwapped = actions.has('swap') && !(actions.has('dream') && pictures.length > 1);
  if (before === undefined || picture === undefined) {
    const all: readonly Source[] = before === undefined ? pictures : [before.content, ...styles];
    const [photo, ...paintings] = chosen === undefined ? all : [...all.slice(0, 1), chosen];
    const [painting, ...more] = paintings;
    if (photo === undefined) return [];
    return isSwapped && painting !== undefined ? [painting, photo, ...more] : [photo, ...paintings];
  }
  // One new picture: a photo if it comes with a style of its own, otherwise the painting for the same photo.
  if (chosen !== undefined) return isSwapped ? [chosen, picture] : [picture, chosen];
  if (actions.has('dream')) return [picture];
  if (!isSwapped) return [before.content, picture];
  return [picture, ...(styles.length > 0 ? styles : [before.content])];
}

interface Wish {
  readonly style: HouseStyle | undefined;
  readonly notes: readonly Note[];
}

/** Which painting of the house collection is to be used; with pictures enough, none. */
function wished(
  wish: StyleWish | undefined,
  before: RenderRequest | undefined,
  { pictures, houseStyles, mentionId }: Materials,
): Wish {
  if (wish === undefined || pictures.length > 1) return { style: undefined, notes: [] };
  if (wish.type === 'named') return { style: wish.style, notes: [] };
  const used = before === undefined ? [] : stylesOf(before);
  const isUsed = ({ name }: HouseStyle) =>
    used.some((style) => style.kind === 'house' && style.name === name);
  const style = pick(
    houseStyles.filter((candidate) => !isUsed(candidate)),
    mentionId,
  );
  if (wish.type === 'any') return { style, notes: [] };
  const names = houseStyles.map(({ name }) => name);
  return { style, notes: [{ type: 'no such style', written: wish.written, names }] };
}

interface Noted {
  readonly settings: Given;
  readonly notes: readonly Note[];
}

/** What was said before and now, and what more, less and again make of it. */
function steppedFrom(before: RenderRequest | undefined, said: Said): Noted {
  const { actions } = said;
  const sofar: Given = { ...before?.settings, ...said.settings };
  const { strength, seed } = complete(sofar);
  const step = (actions.has('more') ? STEP : 0) - (actions.has('less') ? STEP : 0);
  const used = clamped(strength + step, parameters.strength);
  const isStepped = step !== 0 && said.settings.strength === undefined;
  const isAtEnd = isStepped && used === strength;
  const isAnother = actions.has('again') && said.settings.seed === undefined;
  return {
    settings: {
      ...sofar,
      ...(isStepped && { strength: used }),
      ...(isAnother && { seed: (seed + 1) % parameters.seed.max }),
    },
    notes: isAtEnd ? [{ type: 'at the end', strength }] : [],
  };
}

/** The settings with weights that fit the paintings, or with none, by which all count the same. */
function blendedFor(paintings: number, settings: Given, said: Said): Noted {
  const { blend = [], ...others } = settings;
  const [only = 0] = blend;
  const whole = only <= 1 ? 1 : 100;
  const isRest = blend.length === 1 && paintings === 2 && only <= 100;
  const weights = isRest ? [only, Number((whole - only).toFixed(6))] : blend;
  const fits =
    weights.length === paintings && paintings > 1 && weights.some((weight) => weight > 0);
  if (fits) return { settings: { ...others, blend: weights }, notes: [] };
  // Weights of an earlier blend do not fit another painting, and nobody said that they do.
  return { settings: others, notes: said.settings.blend ? [{ type: 'blend', paintings }] : [] };
}
