import type { Work } from '../../src/render/cost.js';
import type { Size } from '../../src/style/picture.js';

/*
 * What nobody has measured: who the people are, when they come and what they ask for. Everything else in the simulation is the
 * bot's own code or an option. Whoever knows their people better changes this file.
 */

export const kinds = ['occasional', 'regular', 'heavy', 'flooder'] as const;
export type Kind = (typeof kinds)[number];

interface Habits {
  /** Of all people but the flooders. */
  readonly share: number;
  /** How much one of them asks for in a day, relative to the others. */
  readonly appetite: number;
  /** How many pictures they ask for at once: any number from 1 to this. */
  readonly atOnce: number;
}

/** Most come by, some stay, a few are never seen without a picture in their hands. */
export const habits: Readonly<Record<Exclude<Kind, 'flooder'>, Habits>> = {
  occasional: { share: 0.7, appetite: 1, atOnce: 1 },
  regular: { share: 0.25, appetite: 5, atOnce: 2 },
  heavy: { share: 0.05, appetite: 12, atOnce: 8 },
};

/** A program run wild, or somebody who wants to see what happens: all within the busiest hour. */
export const flood = { requests: 2000, seconds: 3600 } as const;
/** One in so many people. */
export const PEOPLE_PER_FLOODER = 10_000;

export const DAY_S = 24 * 60 * 60;
/** The day begins at the quietest moment, with so much less than the mean, and is busiest in its middle, with as much more. */
export const SWING = 0.8;

/** Something that comes in several ways, and how often each of them does. */
export type Mix<T> = readonly (readonly [share: number, T])[];

/** What is asked for: what the README's hashtags say, as far as it costs. Most people leave everything as it is. */
export const wishes: {
  readonly [Setting in 'effect' | 'size' | 'quality' | 'styles']: Mix<Work[Setting]>;
} = {
  effect: [
    [0.85, 'painting'],
    [0.1, 'variations'],
    [0.05, 'dream'],
  ],
  size: [
    [0.15, 256],
    [0.7, 512],
    [0.15, 768],
  ],
  quality: [
    [0.1, 'draft'],
    [0.75, 'normal'],
    [0.15, 'fine'],
  ],
  styles: [
    [0.85, 1],
    [0.15, 2],
  ],
};

/** What photos are like. */
export const photos: Mix<Size> = [
  [0.6, { width: 4000, height: 3000 }],
  [0.2, { width: 3000, height: 3000 }],
  [0.2, { width: 3840, height: 2160 }],
];
