import { actions, type Action } from '../requests/actions.js';
import { styleSpellings } from '../requests/hashtags.js';
import { parameterNames, parameterOf } from '../requests/parameters.js';

/** A control of the page's form, out of the table of parameters. */
export type Control =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly help: string;
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly unit: string;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly help: string;
      readonly choices: readonly string[];
      readonly default: string;
    }
  | { readonly kind: 'action'; readonly name: string; readonly help: string };

/** What one may ask for at the easel, where there are a photo and a painting. */
const offered = ['swap', 'variations', 'dream'] as const satisfies readonly Action[];

/** Hashtags with which a photo alone is enough, in all spellings. */
export const photoIsEnough: readonly string[] = [
  ...styleSpellings,
  'dream',
  ...actions.dream.aliases,
];

/** The controls of the page's form. There is one painting at the easel, so there is nothing to blend. */
export function controls(maxSize: number): readonly Control[] {
  const settings = parameterNames.flatMap((name): readonly Control[] => {
    const parameter = parameterOf(name);
    const { help } = parameter;
    switch (parameter.kind) {
      case 'number': {
        const { min, unit } = parameter;
        const max = name === 'size' ? Math.min(maxSize, parameter.max) : parameter.max;
        return [{ kind: 'number', name, help, min, max, default: parameter.default, unit }];
      }
      case 'choice':
        return [
          {
            kind: 'choice',
            name,
            help,
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
    ...offered.map((name): Control => ({ kind: 'action', name, help: actions[name].help })),
  ];
}
