import {
  clamped,
  parameterHere,
  type ChoiceParameter,
  type NumberParameter,
  type ParameterName,
  type Sizes,
} from './parameters.js';
import type { Note } from './request.js';

/*
 * The values of parameters, as they stand behind their names in a text that is plain.
 */

/** What separates a name from its value: #strength 80, #strength=80, #strength:80, #strength_80. */
export const GAP = String.raw`[\s:=_#]{0,8}`;
/** A word as a value. */
const WORD = new RegExp(String.raw`^(${GAP})(\p{L}{1,20})`, 'u');
/** Where it shows that a value was meant to follow, whatever it is. */
const POINTED = /^[ \t]{0,3}[:=_][ \t]{0,3}([\p{L}\p{M}]{1,30})/u;
/** 80, 62,5, 1,024, 2k, 2x. A hyphen after the name only joins: no value is negative. */
const FIGURE = new RegExp(
  String.raw`^-?${GAP}([-+]?)(\d{1,15})(?:[.,](\d{1,9}))?(?:\s?([kx×])(?![\p{L}\p{N}]))?`,
  'u',
);
/** One weight: a comma is between two of them, unless the first one is 0. */
const WEIGHT = String.raw`(?:0,\d{1,6}|\d{1,6}(?:\.\d{1,6})?)`;
const WEIGHTS = new RegExp(
  String.raw`^${GAP}(${WEIGHT}(?:[\s%/:,;+|&_-]{1,6}(?:(?:and|und)\s)?${WEIGHT}){0,3})`,
);

type Value = number | string | readonly number[];

/** What was written behind the name of a parameter. */
export interface Valued {
  readonly type: 'value';
  readonly parameter: ParameterName;
  /** Undefined if what was written is none. */
  readonly value: Value | undefined;
  readonly notes: readonly Note[];
}

/** That a name stands alone, and says nothing. */
export interface NoValue {
  readonly type: 'no value';
  readonly parameter: ParameterName;
}

/**
 * Reads what stands behind a name; undefined if that is no value.
 * @param isWhole whether the name stands for itself, so that a value may be missing and not only be another word's end
 */
export function valueIn(
  name: ParameterName,
  text: string,
  isWhole: boolean,
  sizes: Sizes,
): Valued | NoValue | undefined {
  const parameter = parameterHere(name, sizes);
  switch (parameter.kind) {
    case 'number': {
      const read = numberIn(name, parameter, text);
      if (read !== undefined) return read;
      break;
    }
    case 'choice': {
      const value = choiceIn(parameter, text);
      if (value !== undefined) return { type: 'value', parameter: name, value, notes: [] };
      break;
    }
    case 'weights': {
      const value = weightsIn(text);
      if (value !== undefined) return { type: 'value', parameter: name, value, notes: [] };
    }
  }
  const written = POINTED.exec(text)?.[1];
  if (written !== undefined)
    return {
      type: 'value',
      parameter: name,
      value: undefined,
      notes: [{ type: 'no such value', parameter: name, written }],
    };
  return isWhole ? { type: 'no value', parameter: name } : undefined;
}

function numberIn(
  name: ParameterName,
  parameter: NumberParameter,
  text: string,
): Valued | undefined {
  const { min, max } = parameter;
  const given = wordIn(parameter, text) ?? figureIn(parameter, text);
  if (given === undefined) return undefined;
  const used = clamped(Math.round(given), { min, max });
  const notes: readonly Note[] =
    used === given ? [] : [{ type: 'clamped', parameter: name, given, used, min, max }];
  return { type: 'value', parameter: name, value: used, notes };
}

function wordIn({ words, otherWords }: NumberParameter, text: string): number | undefined {
  const written = WORD.exec(text)?.[2] ?? '';
  const word = Object.hasOwn(otherWords, written) ? (otherWords[written] ?? '') : written;
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** A figure; for what goes by percent also 2x and 0.8. */
function figureIn({ unit }: NumberParameter, text: string): number | undefined {
  const found = FIGURE.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = '', decimals = '', factor] = found;
  // 1,024 and 1.024 are a thousand and something, wherever one writes them.
  const isThousands = decimals.length === 3 && whole.length < 4 && whole !== '0';
  const value = Number(isThousands ? whole + decimals : `${whole}.${decimals || '0'}`);
  const isPart = unit === '%' && (factor === 'x' || factor === '×' || (value > 0 && value < 1));
  const times = isPart ? 100 : factor === 'k' ? 1000 : 1;
  return (sign === '-' ? -1 : 1) * value * times;
}

function choiceIn({ choices }: ChoiceParameter, text: string): string | undefined {
  const found = WORD.exec(text);
  if (found === null) return undefined;
  const [, gap = '', word = ''] = found;
  const isJoined = gap === '' || /[:=_]/.test(gap);
  return Object.entries(choices).find(
    ([value, others]) => value === word || (isJoined && others.includes(word)),
  )?.[0];
}

/** 70 30, 70/30, 70:30, 70 % and 30 %, 0.7 0.3, 0,7 0,3: as many numbers as there are, up to four. */
function weightsIn(text: string): readonly number[] | undefined {
  const numbers = WEIGHTS.exec(text)?.[1]?.match(new RegExp(WEIGHT, 'g'));
  return numbers?.map((text) => Number(text.replace(',', '.')));
}
