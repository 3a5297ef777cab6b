import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './paths.js';

/*
 * The pictures that ship with the bot: photographs to try it on, and paintings whose style one can ask for by name.
 */

const entrySchema = z.object({ file: z.string(), title: z.string(), alt: z.string().trim() });
const paintingSchema = entrySchema.extend({
  // As one writes it after #style.
  name: z.string().regex(/^[\p{L}\p{N}]+$/u),
});

export interface Sample {
  readonly kind: 'photo' | 'painting';
  /** Where the picture lies. */
  readonly file: string;
  readonly title: string;
  /** What is to be seen, for those who do not see it. */
  readonly alt: string;
}

export interface HousePainting extends Sample {
  readonly kind: 'painting';
  readonly name: string;
}

export function samplePhotos(): readonly Sample[] {
  return entriesOf('samples', entrySchema).map((entry) => ({ kind: 'photo', ...entry }));
}

export function housePaintings(): readonly HousePainting[] {
  return entriesOf('styles', paintingSchema).map((entry) => ({ kind: 'painting', ...entry }));
}

/** What `render --style` takes beside files. */
export function paintingNames(): readonly string[] {
  return housePaintings().map(({ name }) => name);
}

function entriesOf<T extends { readonly file: string }>(
  name: 'samples' | 'styles',
  schema: z.ZodType<T>,
): readonly T[] {
  const folder = join(projectRoot, 'data', name);
  const catalog: unknown = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
  return z
    .array(schema)
    .parse(catalog)
    .map((entry) => ({ ...entry, file: join(folder, entry.file) }));
}
