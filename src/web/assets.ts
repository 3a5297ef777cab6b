import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Hono } from 'hono';
import type { Sample } from '../collection.js';
import type { WebAppOptions } from './app.js';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
};

/** The page stands next to this file both in src/ and, copied there by the build, in dist/. */
const folder = new URL('./page/', import.meta.url);

/**
 * What the page is made of, and the pictures that come with the bot. Only what is known at the start can be asked for; no
 * path of a stranger's ever meets the disk.
 */
export function assetRoutes(app: Hono, { samples, collection }: WebAppOptions): void {
  const serve = (path: string, file: string | URL, cache: string) => {
    const type = types[extname(file instanceof URL ? file.pathname : file).toLowerCase()];
    if (type === undefined) return;
    app.get(path, async (c) => {
      const data = await readFile(file);
      return c.body(new Uint8Array(data), 200, { 'Content-Type': type, 'Cache-Control': cache });
    });
  };
  for (const name of readdirSync(folder))
    serve(`/assets/${name}`, new URL(name, folder), 'no-cache');
  const pictures = (path: string, sample: Sample) => {
    serve(path, sample.file, 'max-age=3600');
    serve(`${path}/thumbnail`, thumbnailOf(sample), 'max-age=3600');
  };
  for (const [index, sample] of samples.entries()) pictures(`/samples/${index}`, sample);
  for (const painting of collection) pictures(`/styles/${painting.name}`, painting);
}

/** Where the small version of a picture lies; data/thumbnails.ts makes them. */
export function thumbnailOf({ file }: Pick<Sample, 'file'>): string {
  return join(dirname(file), 'thumbnails', `${basename(file, extname(file))}.avif`);
}
