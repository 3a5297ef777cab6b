import { bombs } from './bombs.js';
import type { Case, Outcome } from './case.js';
import { damaged } from './damaged.js';
import { impostors } from './impostors.js';
import { drawOriginals } from './originals.js';
import { unusual } from './unusual.js';

/** A picture file, and what may come of it. */
export interface PictureFile {
  readonly name: string;
  readonly file: Buffer;
  readonly outcomes: readonly [Outcome, ...Outcome[]];
}

/** Pictures that nobody would send who means well. Each is the photo of one request, or the painting. */
export async function pictures(): Promise<readonly Case[]> {
  const originals = await drawOriginals();
  const files = [
    ...damaged(originals),
    ...impostors(originals),
    ...(await unusual(originals)),
    ...bombs(originals),
  ];
  return files.map(({ name, file, outcomes }, i) =>
    i % 3 === 0
      ? { name: `painting: ${name}`, painting: file, outcomes }
      : { name: `photo: ${name}`, photo: file, outcomes },
  );
}
