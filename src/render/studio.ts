import type { Executor } from '../graph/executor.js';
import { onnxExecutor } from '../graph/onnx/executor.js';
import { loadRecipe, type Recipe } from '../networks/recipe.js';
import type { Style } from '../style/paintings.js';
import type { Picture } from '../style/picture.js';
import { stylize } from '../style/stylize.js';
import { classifierOn, type Classify } from './classify.js';
import { decodePicture } from './decode.js';
import { encodePicture } from './encode.js';
import { PictureError, type Painted, type RenderJob, type RenderProgress } from './job.js';
import { isOn, verdictOf, type SafetyPolicy } from './safety.js';

/** A network loaded on a device: what it takes to paint. */
export interface Studio {
  readonly recipe: Recipe;
  readonly executor: Executor;
  readonly classify: Classify;
}

export async function openStudio(): Promise<Studio> {
  const [recipe, executor] = [await loadRecipe(), onnxExecutor()];
  return { recipe, executor, classify: classifierOn(recipe.network, executor) };
}

/**
 * Paints a job from picture files to a picture file.
 * @throws PictureError if a picture cannot be used; the signal's reason if it is aborted.
 */
export async function paint(
  { recipe, executor, classify }: Studio,
  job: RenderJob,
  onProgress?: (progress: RenderProgress) => void,
  signal?: AbortSignal,
): Promise<Painted> {
  if (job.effect !== 'painting') throw new Error(`${job.effect} is still to come`);
  const start = performance.now();
  const content = await decodePicture(job.content, job.size, 'exactly');
  const styles = await paintingsOf(job);
  const sensitive =
    job.safety !== undefined &&
    (await isSensitive([{ file: job.content, picture: content }, ...styles], job.safety, classify));
  const picture = await stylize(recipe, executor, {
    content,
    styles,
    strength: job.strength,
    styleScale: job.scale,
    colors: job.colors,
    quality: job.quality,
    seed: job.seed,
    ...(onProgress && {
      onProgress: ({ losses, ...progress }) => onProgress(progress),
    }),
    ...(signal && { signal }),
  });
  const sha256 = await encodePicture(picture, job.output);
  const { width, height } = picture;
  const seconds = (performance.now() - start) / 1000;
  return { width, height, seconds, device: executor.device, sha256, sensitive };
}

/** The paintings as large as brushwork of that scale can be seen. */
async function paintingsOf(job: RenderJob): Promise<readonly (Original & Style)[]> {
  if (job.effect === 'dream') return [];
  const longest = Math.ceil(job.size * Math.max(1, job.scale / 100));
  return Promise.all(
    job.styles.map(async ({ file, weight }) => ({
      file,
      picture: await decodePicture(file, longest, 'at most'),
      weight,
    })),
  );
}

interface Original {
  readonly file: string;
  readonly picture: Picture;
}

/**
 * Whether what is painted from these pictures is to be marked as sensitive.
 * @throws PictureError if one of them is to be refused
 */
async function isSensitive(
  originals: readonly Original[],
  policy: SafetyPolicy,
  classify: Classify,
): Promise<boolean> {
  if (!isOn(policy)) return false;
  let sensitive = false;
  for (const { file, picture } of originals) {
    const verdict = verdictOf(await classify(picture), policy);
    if (verdict === 'refuse')
      throw new PictureError('unsafe', file, 'The picture looks indecent, and is not painted.');
    if (verdict === 'sensitive') sensitive = true;
  }
  return sensitive;
}
