import { join } from 'node:path';
import { projectRoot } from '../../src/paths.js';

/** A photo and a painting that ship with the project. */
export interface Pair {
  readonly name: string;
  readonly content: string;
  readonly style: string;
}

const photos = ['alpine-landscape', 'dust-bowl-home', 'lily-leek', 'nagasaki-boats'];
const paintings = [
  'harbor-knife',
  'lavender-river',
  'lighthouse-eddies',
  'ploughland-linocut',
  'sundown-window',
];

/** Every photo with every painting. */
export const allPairs: readonly Pair[] = photos.flatMap((photo) =>
  paintings.map((painting) => pairOf(photo, painting)),
);

/** Six of them in which every photo and every painting occurs. */
export const housePairs: readonly Pair[] = [
  pairOf('dust-bowl-home', 'harbor-knife'),
  pairOf('nagasaki-boats', 'lighthouse-eddies'),
  pairOf('alpine-landscape', 'lavender-river'),
  pairOf('lily-leek', 'sundown-window'),
  pairOf('nagasaki-boats', 'ploughland-linocut'),
  pairOf('alpine-landscape', 'harbor-knife'),
];

function pairOf(photo: string, painting: string): Pair {
  return {
    name: `${photo} × ${painting}`,
    content: join(projectRoot, 'data', 'samples', `${photo}.jpg`),
    style: join(projectRoot, 'data', 'styles', `${painting}.jpg`),
  };
}
