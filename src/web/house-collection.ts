import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../paths.js';
import type { Sample } from './samples.js';

const catalogSchema = z.array(z.object({ file: z.string(), title: z.string(), alt: z.string() }));

/** The pictures that ship with the bot: photographs to try it on, and the house styles. */
export function houseCollection(): readonly Sample[] {
  return [...read('photo', 'samples'), ...read('painting', 'styles')];
}

function read(kind: Sample['kind'], name: 'samples' | 'styles'): readonly Sample[] {
  const folder = join(projectRoot, 'data', name);
  const catalog: unknown = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
  return catalogSchema
    .parse(catalog)
    .map(({ file, title, alt }) => ({ kind, file: join(folder, file), title, alt: alt.trim() }));
}
