import type { Sizes } from '../queue/states.js';
import { actions, type Action } from '../requests/actions.js';
import { styleSpellings } from '../requests/hashtags.js';
import { parameterNames, parameterOf } from '../requests/parameters.js';

/** A control of the page's form, out of the table of parameters. */
export type Control =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** Every way to write the name. */
      readonly spellings: readonly string[];
      readonly help: string;
      readonly words: Readonly<Record<string, number>>;
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly unit: string;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly spellings: readonly string[];
      readonly help: string;
      /** Hashtags that say name and value in one. */
      readonly shortcuts: Readonly<Record<string, string>>;
      readonly choices: readonly string[];
      readonly default: string;
    }
  | {
      readonly kind: 'action';
      readonly name: string;
      readonly spellings: readonly string[];
      readonly help: string;
    };

/** What one may ask for at the easel, where there are a photo and a painting. */
const offered = ['swap', 'variations', 'dream'] as const satisfies readonly Action[];

/** Hashtags with which a photo alone is enough, in all spellings. */
export const photoIsEnough: readonly string[] = [
  ...styleSpellings,
  'dream',
  ...actions.dream.aliases,
];

/**
 * The controls of the page's form. There is one painting at the easel, so there is nothing to blend.
 * @param sizes the longest side of a picture if nothing is said, and the longest that one may ask for, in pixels
 */
export function controls(sizes: Sizes): readonly Control[] {
  const settings = parameterNames.flatMap((name): readonly Control[] => {
    const parameter = parameterOf(name);
    const { help } = parameter;
    const spellings = [name, ...parameter.aliases];
    switch (parameter.kind) {
      case 'number': {
        const { min, unit, words } = parameter;
        const max = name === 'size' ? sizes.max : parameter.max;
        const byDefault = name === 'size' ? sizes.usual : parameter.default;
        const range = { min, max, default: byDefault, unit };
        return [{ kind: 'number', name, spellings, help, words, ...range }];
      }
      case 'choice':
        return [
          {
            kind: 'choice',
            name,
            spellings,
            help,
            shortcuts: parameter.shortcuts,
            choices: Object.keys(parameter.choices),
            default: parameter.default,
          },
        ];
      case 'weights':
        return [];
    }
  });
  return [
    ...settings,
    ...offered.map((name): Control => {
      const { aliases, help } = actions[name];
      return { kind: 'action', name, spellings: [name, ...aliases], help };
    }),
  ];
}
