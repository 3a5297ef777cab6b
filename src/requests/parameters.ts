/**
 * What a person can tune, in one table: hashtags, command-line options and help texts are made from it.
 */
export interface Parameter {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** For people, after the name. */
  readonly help: string;
}

export const parameters = {
  strength: {
    min: 0,
    max: 100,
    default: 50,
    help: 'how much painting: 0 keeps the photo, 100 is all painting',
  },
  size: {
    min: 64,
    max: 2048,
    default: 512,
    help: 'longest side of the result, in pixels; a panorama beyond 4:1 comes out longer',
  },
  seed: {
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    help: 'the same seed gives the same picture again',
  },
} as const satisfies Readonly<Record<string, Parameter>>;

/** The nearest value in the parameter's range. */
export function clamped(value: number, { min, max }: Parameter): number {
  return Math.min(max, Math.max(min, value));
}
