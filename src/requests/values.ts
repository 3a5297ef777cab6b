import {
  clamped,
  parameterOf,
  type ChoiceParameter,
  type NumberParameter,
  type ParameterName,
} from './parameters.js';
import type { Note } from './request.js';

/*
 * The values of parameters, as they stand behind their names in a text that is plain.
 */

/** What separates a name from its value: #strength 80, #strength=80, #strength:80, #strength_80. */
export const GAP = String.raw`[\s:=_]{0,8}`;
/** The same, where it shows that a value is meant to follow. */
const POINTER = String.raw`[ \t]{0,3}[:=_][ \t]{0,3}`;

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
 * @param maxSize the longest side that the operator allows, in pixels
 */
export function valueIn(
  name: ParameterName,
  text: string,
  isWhole: boolean,
  maxSize: number,
): Valued | NoValue | undefined {
  const parameter = parameterOf(name);
  switch (parameter.kind) {
    case 'number': {
      const max = name === 'size' ? Math.min(maxSize, parameter.max) : parameter.max;
      const read = numberIn(name, { ...parameter, max }, text);
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
  const written = new RegExp(`^${POINTER}([\\p{L}\\p{M}]{1,30})`, 'u').exec(text)?.[1];
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
  { min, max, words }: NumberParameter,
  text: string,
): Valued | undefined {
  const word = new RegExp(`^${GAP}(\\p{L}{1,20})`, 'u').exec(text)?.[1] ?? '';
  const number = new RegExp(`^${GAP}([-+]?\\d{1,15}(?:[.,]\\d{1,9})?)`).exec(text)?.[1];
  const given = Object.hasOwn(words, word)
    ? words[word]
    : number && Number(number.replace(',', '.'));
  if (typeof given !== 'number') return undefined;
  const used = clamped(Math.round(given), { min, max });
  const notes: readonly Note[] =
    used === given ? [] : [{ type: 'clamped', parameter: name, given, used, min, max }];
  return { type: 'value', parameter: name, value: used, notes };
}

function choiceIn({ choices }: ChoiceParameter, text: string): string | undefined {
  const word = new RegExp(`^${GAP}(\\p{L}{1,20})`, 'u').exec(text)?.[1];
  return (
    word &&
    Object.entries(choices).find(([value, others]) => value === word || others.includes(word))?.[0]
  );
}

/** 70 30, 70/30, 70:30, 70 % and 30 %, 0.7 0.3: as many numbers as there are, up to four. */
function weightsIn(text: string): readonly number[] | undefined {
  const number = String.raw`\d{1,6}(?:\.\d{1,6})?`;
  const list = new RegExp(
    `^${GAP}(${number}(?:[\\s%/:,;+|&_-]{1,6}(?:(?:and|und)\\s)?${number}){0,3})`,
  );
  const numbers = list.exec(text)?.[1]?.match(new RegExp(number, 'g'));
  return numbers?.map(Number);
}
