import type { Executor } from '../graph/executor.js';
import { onnxExecutor } from '../graph/onnx/executor.js';
import { loadRecipe, type Recipe } from '../networks/recipe.js';
import { stylize } from '../style/stylize.js';
import { decodePicture } from './decode.js';
import { encodePicture } from './encode.js';
import type { Painted, RenderJob, RenderProgress } from './job.js';

/** A network loaded on a device: what it takes to paint. */
export interface Studio {
  readonly recipe: Recipe;
  readonly executor: Executor;
}

export async function openStudio(): Promise<Studio> {
  return { recipe: await loadRecipe(), executor: onnxExecutor() };
}

/**
 * Paints a job from picture files to a picture file.
 * @throws PictureError if a picture cannot be used; the signal's reason if it is aborted.
 */
export async function paint(
  { recipe, executor }: Studio,
  job: RenderJob,
  onProgress?: (progress: RenderProgress) => void,
  signal?: AbortSignal,
): Promise<Painted> {
  const start = performance.now();
  const content = await decodePicture(job.content, job.size, 'exactly');
  const styles = await Promise.all(
    job.styles.map(async ({ file, weight }) => ({
      picture: await decodePicture(file, job.size, 'at most'),
      weight,
    })),
  );
  const picture = await stylize(recipe, executor, {
    content,
    styles,
    strength: job.strength,
    seed: job.seed,
    ...(onProgress && {
      onProgress: ({ losses, ...progress }) => onProgress(progress),
    }),
    ...(signal && { signal }),
  });
  const sha256 = await encodePicture(picture, job.output);
  const { width, height } = picture;
  const seconds = (performance.now() - start) / 1000;
  return { width, height, seconds, device: executor.device, sha256 };
}
