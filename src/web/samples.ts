import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Sample } from '../collection.js';

const types: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
};

/** The samples as the page knows them: by an address, which tells nothing of where the files lie. */
export function samplePictures(samples: readonly Sample[]) {
  const byName = new Map(
    samples.map((sample, index) => [`${index}${extname(sample.file).toLowerCase()}`, sample]),
  );
  return {
    list: [...byName].map(([name, { kind, title, alt }]) => ({
      kind,
      title,
      alt,
      url: `/samples/${name}`,
    })),
    /** The bytes of a sample; undefined if there is none of that name. */
    read: async (name: string): Promise<{ data: Buffer; mime: string } | undefined> => {
      const sample = byName.get(name);
      const mime = types[extname(name)];
      if (sample === undefined || mime === undefined) return undefined;
      return { data: await readFile(sample.file), mime };
    },
  };
}
