import { z } from '@hono/zod-openapi';
import {
  parameterHere,
  parameterNames,
  type Given,
  type ParameterName,
  type Sizes,
} from '../../requests/parameters.js';

/*
 * What may be tuned, as programs and forms send it; out of the table of parameters.
 */

/** Settings as JSON has them. What is not said is as it is by default. */
export function settingsSchema(sizes: Sizes) {
  const shape = Object.fromEntries(
    parameterNames.map((name) => [name, valueSchema(name, sizes).optional()]),
  );
  // The shape has the table's names with the table's types, which TypeScript cannot see through the loop.
  return z.strictObject(shape).transform((value) => value as Given);
}

function valueSchema(name: ParameterName, sizes: Sizes) {
  const parameter = parameterHere(name, sizes);
  const description = `${parameter.help}${parameter.cost === undefined ? '' : `; ${parameter.cost}`}`;
  switch (parameter.kind) {
    case 'number': {
      const { min, max, default: byDefault } = parameter;
      return z.int().min(min).max(max).openapi({ description, default: byDefault });
    }
    case 'choice': {
      const { choices, default: byDefault } = parameter;
      return z.enum(Object.keys(choices)).openapi({ description, default: byDefault });
    }
    case 'weights':
      return z
        .array(z.number().min(0).max(1e6))
        .max(4)
        .refine((weights) => weights.length === 0 || weights.some((weight) => weight > 0))
        .openapi({ description, default: [...parameter.default] });
  }
}

/** What a form says of the settings, as JSON would say it; what is left empty is not said. */
export function settingsIn(fields: ReadonlyMap<string, readonly string[]>): unknown {
  const said = parameterNames.flatMap((name): (readonly [string, unknown])[] => {
    const text = fields.get(name)?.at(-1)?.trim() ?? '';
    if (text === '') return [];
    switch (parameterHere(name, ANY).kind) {
      case 'number':
        return [[name, numberIn(text)]];
      case 'choice':
        return [[name, text]];
      case 'weights':
        return [[name, weightsIn(fields.get(name) ?? [])]];
    }
  });
  return Object.fromEntries(said);
}

/** The kinds of parameters do not depend on the sizes. */
const ANY: Sizes = { usual: 1, max: 1 };

/** People write all weights into one field, programs send a field for each. */
function weightsIn(texts: readonly string[]): readonly (number | string)[] {
  return texts
    .join(' ')
    .trim()
    .split(/[\s,/:]+/)
    .map(numberIn);
}

/** A number, or else the text, which the schema will not take. */
function numberIn(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
