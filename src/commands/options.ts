import { InvalidArgumentError, Option } from 'commander';
import {
  parameterOf,
  type NumberParameter,
  type Parameter,
  type ParameterName,
} from '../requests/parameters.js';

/** The command-line option for a parameter out of the table, with its values and default in the help. */
export function optionFor(name: ParameterName): Option {
  const parameter = parameterOf(name);
  const option = new Option(`--${name} ${placeholder(parameter)}`, description(parameter));
  switch (parameter.kind) {
    case 'number':
      return option.default(parameter.default).argParser((text) => numberIn(text, parameter));
    case 'choice':
      return option.default(parameter.default).choices(Object.keys(parameter.choices));
    case 'weights':
      return option.argParser(weightsIn);
  }
}

function placeholder(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'number':
      return parameter.unit === '%' ? '<percent>' : `<${parameter.unit || 'number'}>`;
    case 'choice':
      return '<choice>';
    case 'weights':
      return '<70,30>';
  }
}

function description(parameter: Parameter): string {
  const { help, cost } = parameter;
  const range = parameter.kind === 'number' ? ` (${values(parameter)})` : '';
  return `${help}${range}${cost === undefined ? '' : `; ${cost}`}`;
}

function values({ min, max, words }: NumberParameter): string {
  return [`${min} to ${max}`, ...Object.keys(words)].join(', or ');
}

function numberIn(text: string, parameter: NumberParameter): number {
  const { min, max, words } = parameter;
  const value = Object.hasOwn(words, text)
    ? (words[text] ?? NaN)
    : Number(/^\d+$/.test(text) ? text : NaN);
  if (!(value >= min && value <= max))
    throw new InvalidArgumentError(`It takes a whole number from ${values(parameter)}.`);
  return value;
}

/** 70,30 or 70/30 */
function weightsIn(text: string): readonly number[] {
  const weights = text.split(/[,/:\s]+/).map((part) => (part === '' ? NaN : Number(part)));
  if (!weights.every((weight) => weight >= 0 && weight < Infinity) || !weights.some((w) => w > 0))
    throw new InvalidArgumentError('It takes a number for each painting, as in 70,30.');
  return weights;
}
