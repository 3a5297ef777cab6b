import { actionNames } from '../requests/actions.js';
import {
  parameterHere,
  parameterNames,
  parameters,
  type NumberParameter,
  type Parameter,
  type ParameterName,
  type Sizes,
} from '../requests/parameters.js';
import type { Tag } from '../requests/request.js';
import type { Catalogue } from './catalogue.js';

/** How it all works, or what one hashtag does. */
export function helpFor(topic: Tag | undefined, words: Catalogue, sizes: Sizes): string {
  if (topic === undefined) return words.help(tuned(sizes), asked);
  const about = `#${topic}: ${words.about[topic]}.`;
  const cost = words.costs[topic];
  const parameter = isParameter(topic) ? parameterHere(topic, sizes) : undefined;
  return [
    about,
    ...(parameter ? [words.range(valuesOf(parameter, words), defaultOf(parameter))] : []),
    ...(cost === undefined ? [] : [`${cost.charAt(0).toUpperCase()}${cost.slice(1)}.`]),
  ].join(' ');
}

/** How it all works, in few words. */
export function briefHelpIn(words: Catalogue): string {
  return words.briefHelp(
    parameterNames.map((name) => `#${name}`),
    asked,
  );
}

/** Every parameter, with the values that it takes, as short as can be. */
function tuned(sizes: Sizes): readonly string[] {
  return parameterNames.map((name) => {
    const parameter = parameterHere(name, sizes);
    switch (parameter.kind) {
      case 'number':
        return name === 'seed' ? '#seed' : `#${name} ${rangeOf(parameter)}`;
      case 'choice':
        return `#${name} ${Object.keys(parameter.choices).join('|')}`;
      case 'weights':
        return `#${name} 70 30`;
    }
  });
}

/** Whatever else one can ask for. */
const asked = actionNames.filter((name) => name !== 'help').map((name) => `#${name}`);

/** The values of a parameter, for people: "a number from 25 to 400 (%)", "keep or paint". */
function valuesOf(parameter: Parameter, words: Catalogue): string {
  switch (parameter.kind) {
    case 'number': {
      const range = rangeOf(parameter);
      const full = { '': range, '%': `${range} %`, pixels: words.pixels(range) }[parameter.unit];
      return words.oneOf([full, ...Object.keys(parameter.words)]);
    }
    case 'choice':
      return words.oneOf(Object.keys(parameter.choices));
    case 'weights':
      return words.yourNumber;
  }
}

function rangeOf({ min, max }: NumberParameter): string {
  return `${min}–${max}`;
}

function defaultOf({ default: byDefault }: Parameter): string {
  return Array.isArray(byDefault) ? '' : String(byDefault);
}

function isParameter(tag: Tag): tag is ParameterName {
  return tag in parameters;
}
