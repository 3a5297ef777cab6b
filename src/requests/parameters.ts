/*
 * What a person can tune, in one table. Hashtags, command-line options, the page's form, the help that the bot gives and
 * the table in docs/conversation.md are all made from it, so that none of them can say something else.
 */

interface Described {
  /** Other ways to write the name; and, for those who write German, theirs. */
  readonly aliases: readonly string[];
  /** For people, after the name. */
  readonly help: string;
  /** For people, what it does to how long painting takes; undefined if nothing. */
  readonly cost?: string;
}

export interface NumberParameter extends Described {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly unit: '' | '%' | 'pixels';
  /** Values that have a name, and other names for these. */
  readonly words: Readonly<Record<string, number>>;
  readonly otherWords: Readonly<Record<string, string>>;
}

export interface ChoiceParameter extends Described {
  readonly kind: 'choice';
  /** Each value, and other ways to write it, which count only if they are joined to the name: #quality=best. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly default: string;
  /** Hashtags that say name and value in one. */
  readonly shortcuts: Readonly<Record<string, string>>;
}

/** A number for each painting. */
export interface WeightsParameter extends Described {
  readonly kind: 'weights';
  readonly default: readonly number[];
}

export type Parameter = NumberParameter | ChoiceParameter | WeightsParameter;

export const parameters = {
  strength: {
    kind: 'number',
    min: 0,
    max: 100,
    default: 50,
    unit: '%',
    words: {},
    otherWords: {},
    aliases: ['stärke', 'staerke'],
    help: 'how much painting, from 0 (the photo) to 100 (all painting)',
  },
  scale: {
    kind: 'number',
    min: 25,
    max: 400,
    default: 100,
    unit: '%',
    words: {},
    otherWords: {},
    aliases: ['brush', 'pinsel'],
    help: 'how large the brushwork is, such as 50 (fine) or 200 (broad)',
  },
  size: {
    kind: 'number',
    min: 64,
    max: 2048,
    default: 512,
    unit: 'pixels',
    words: { small: 256, medium: 512, large: 768 },
    otherWords: { klein: 'small', mittel: 'medium', groß: 'large', gross: 'large' },
    aliases: ['größe', 'grösse', 'groesse'],
    help: 'longest side of the result; a panorama beyond 4:1 comes out longer',
    cost: 'twice the size takes about twice as long',
  },
  colors: {
    kind: 'choice',
    choices: { paint: ['change', 'malen'], keep: ['kept', 'original', 'behalten'] },
    default: 'paint',
    shortcuts: {
      keepcolors: 'keep',
      keepcolours: 'keep',
      keepcolor: 'keep',
      keepcolour: 'keep',
      originalcolors: 'keep',
      originalcolours: 'keep',
    },
    aliases: ['colours', 'color', 'colour', 'farben'],
    help: 'keep the photo’s colors, or paint with the painting’s',
  },
  blend: {
    kind: 'weights',
    default: [],
    aliases: ['mix'],
    help: 'how much each painting counts if there are several',
  },
  faces: {
    kind: 'choice',
    choices: { on: ['yes', 'an'], off: ['no', 'false', 'aus'] },
    default: 'on',
    shortcuts: { nofaces: 'off', keepfaces: 'on' },
    aliases: ['gesichter'],
    help: 'whether faces in the photo are painted with more care, so that one knows them again',
  },
  quality: {
    kind: 'choice',
    choices: {
      draft: ['fast', 'quick', 'low', 'entwurf'],
      normal: ['medium'],
      fine: ['best', 'high', 'fein'],
    },
    default: 'normal',
    shortcuts: {},
    aliases: ['qualität', 'qualitaet'],
    help: 'draft is a quick look, fine takes its time',
    cost: 'draft takes about a third of the time, fine twice as long',
  },
  seed: {
    kind: 'number',
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    unit: '',
    words: {},
    otherWords: {},
    aliases: [],
    help: 'another number gives other brushstrokes; the same one gives the same picture again',
  },
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof parameters;

type ValueOf<P extends Parameter> = P extends { readonly kind: 'choice' }
  ? Extract<keyof P['choices'], string>
  : P extends { readonly kind: 'number' }
    ? number
    : readonly number[];

/** A value for every parameter. */
export type Settings = {
  readonly [Name in ParameterName]: ValueOf<(typeof parameters)[Name]>;
};

/** What somebody has said; the rest is as it is by default. */
export type Given = Partial<Settings>;

export const parameterNames = Object.keys(parameters) as readonly ParameterName[];

/** A parameter without its literal types, to go through the table with. */
export function parameterOf(name: ParameterName): Parameter {
  return parameters[name];
}

/** What the operator makes of the sizes, in pixels. */
export interface Sizes {
  /** The longest side of a picture if nothing is said. */
  readonly usual: number;
  /** The longest that one may ask for. */
  readonly max: number;
}

/** A parameter as it is here: the sizes are the operator's. */
export function parameterHere(name: ParameterName, sizes: Sizes): Parameter {
  return name === 'size'
    ? { ...parameters.size, default: sizes.usual, max: sizes.max }
    : parameterOf(name);
}

/** Every value, where nothing was said the default. */
export function complete(given: Given): Settings {
  const defaults = Object.fromEntries(
    parameterNames.map((name) => [name, parameters[name].default]),
  );
  return { ...defaults, ...given } as Settings;
}

/** The nearest value in the parameter's range. */
export function clamped(value: number, { min, max }: Pick<NumberParameter, 'min' | 'max'>): number {
  return Math.min(max, Math.max(min, value));
}

/** Settings as the hashtags that ask for them: "#strength80 #colors keep". What is not said is left out. */
export function asHashtags(given: Given): string {
  return parameterNames
    .flatMap((name) => {
      const value = given[name];
      if (value === undefined) return [];
      const text = Array.isArray(value) ? value.join(' ') : String(value);
      return text === '' ? [] : [`#${name}${typeof value === 'number' ? '' : ' '}${text}`];
    })
    .join(' ');
}
