import { actions, type Action } from '../requests/actions.js';
import { styleSpellings } from '../requests/hashtags.js';
import {
  parameterHere,
  parameterNames,
  type ChoiceParameter,
  type NumberParameter,
  type Sizes,
} from '../requests/parameters.js';

/** A control of the page's form, out of the table of parameters. */
export type Control = {
  readonly name: string;
  /** Every way to write the name. */
  readonly spellings: readonly string[];
  readonly help: string;
} & (
  | ({ readonly kind: 'number' } & Pick<
      NumberParameter,
      'words' | 'min' | 'max' | 'default' | 'unit'
    >)
  | ({ readonly kind: 'choice'; readonly choices: readonly string[] } & Pick<
      ChoiceParameter,
      'shortcuts' | 'default'
    >)
  | { readonly kind: 'action' }
);

/** What one may ask for at the easel, where there are a photo and a painting. */
const offered = ['swap', 'variations', 'dream'] as const satisfies readonly Action[];

/** Hashtags with which a photo alone is enough, in all spellings. */
export const photoIsEnough: readonly string[] = [
  ...styleSpellings,
  'dream',
  ...actions.dream.aliases,
];

/** The controls of the page's form. There is one painting at the easel, so there is nothing to blend. */
export function controls(sizes: Sizes): readonly Control[] {
  const settings = parameterNames.flatMap((name): readonly Control[] => {
    const parameter = parameterHere(name, sizes);
    const { kind, aliases, help } = parameter;
    const common = { name, spellings: [name, ...aliases], help };
    switch (kind) {
      case 'number': {
        const { words, min, max, default: byDefault, unit } = parameter;
        return [{ ...common, kind, words, min, max, default: byDefault, unit }];
      }
      case 'choice': {
        const { shortcuts, choices, default: byDefault } = parameter;
        return [{ ...common, kind, shortcuts, choices: Object.keys(choices), default: byDefault }];
      }
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
