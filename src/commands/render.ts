import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { PictureError } from '../render/job.js';
import { isWritable, outputEndings, requireWritable } from '../render/encode.js';
import { openStudio, paint } from '../render/studio.js';
import { UsageError } from './errors.js';
import { showProgress } from './progress.js';

export interface RenderArguments {
  readonly content: string;
  readonly style: readonly string[];
  readonly output?: string;
  readonly size: number;
  readonly strength: number;
  readonly faces: boolean;
  readonly seed: number;
}

/** `pentimento render`: paints one picture and prints where it is. */
export async function renderCommand(given: RenderArguments, signal: AbortSignal): Promise<void> {
  const { content, style, size, strength, faces, seed } = given;
  const output = given.output ?? defaultOutput(content);
  if (!isWritable(output)) throw new UsageError(`--output must end in ${outputEndings}: ${output}`);
  if (!(await stat(dirname(output)).catch(() => undefined))?.isDirectory())
    throw new UsageError(`there is no folder ${dirname(output)} to write ${basename(output)} to`);
  for (const input of [content, ...style])
    if (await isSameFile(input, output))
      throw new UsageError(`the result would replace ${input}; choose another name with --output`);
  await requireWritable(output);
  const progress = showProgress();
  try {
    const studio = await openStudio();
    const styles = style.map((file) => ({ file, weight: 1 }));
    const { width, height, seconds } = await paint(
      studio,
      { content, styles, output, size, strength, faces, seed },
      ({ fraction }) => progress.update(fraction),
      signal,
    );
    progress.stop();
    console.log(`${output}: ${width}×${height} pixels, painted in ${seconds.toFixed(1)} s`);
  } catch (error) {
    progress.stop();
    if (error instanceof PictureError)
      throw new Error(`${error.file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Whether two names, or links, lead to one file. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [a, b].map((file) => stat(file, { bigint: true }).catch(() => undefined)),
  );
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

/** photo.jpg → photo-painted.jpg in the current folder. */
function defaultOutput(content: string): string {
  return join('.', `${basename(content, extname(content))}-painted.jpg`);
}
