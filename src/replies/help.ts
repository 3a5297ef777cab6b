import { actionNames } from '../requests/actions.js';
import { parameterNames, parameterOf, parameters } from '../requests/parameters.js';
import type { Tag } from '../requests/request.js';
import type { Catalogue } from './catalogue.js';

/** How it all works, or what one hashtag does. */
export function helpFor(topic: Tag | undefined, words: Catalogue): string {
  if (topic === undefined) return words.help(usages());
  const about = `#${topic}: ${words.about[topic]}.`;
  const cost = words.costs[topic];
  return [
    about,
    ...(isParameter(topic) ? [words.range(valuesOf(topic, words), defaultOf(topic))] : []),
    ...(cost === undefined ? [] : [`${cost.charAt(0).toUpperCase()}${cost.slice(1)}.`]),
  ].join(' ');
}

/** Every hashtag that changes a picture, with the values that it takes, as short as can be. */
function usages(): readonly string[] {
  const tuned = parameterNames.map((name) => {
    const parameter = parameterOf(name);
    switch (parameter.kind) {
      case 'number':
        return name === 'seed' ? '#seed' : `#${name} ${parameter.min}–${parameter.max}`;
      case 'choice':
        return `#${name} ${Object.keys(parameter.choices).join('|')}`;
      case 'weights':
        return `#${name} 70 30`;
    }
  });
  const done = actionNames.filter((name) => name !== 'help').map((name) => `#${name}`);
  return [...tuned, ...done];
}

/** The values of a parameter, for people: "a number from 25 to 400 (%)", "keep or paint". */
export function valuesOf(name: keyof typeof parameters, words: Catalogue): string {
  const parameter = parameterOf(name);
  switch (parameter.kind) {
    case 'number': {
      const unit = parameter.unit === '' ? '' : ` ${parameter.unit}`;
      return [`${parameter.min}–${parameter.max}${unit}`, ...Object.keys(parameter.words)].join(
        `, ${words.or} `,
      );
    }
    case 'choice':
      return Object.keys(parameter.choices).join(` ${words.or} `);
    case 'weights':
      return words.yourNumber;
  }
}

function defaultOf(name: keyof typeof parameters): string {
  const { default: byDefault } = parameterOf(name);
  return Array.isArray(byDefault) ? '' : String(byDefault);
}

function isParameter(tag: Tag): tag is keyof typeof parameters {
  return tag in parameters;
}
